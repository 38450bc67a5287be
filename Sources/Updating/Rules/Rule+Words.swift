internal import Supervision
internal import SystemSupport

extension Rule {
  /// The action as a person would type it, with the places for names left in.
  package var typedAction: String {
    switch action {
    case .build(.assignments): "our own builder (as qmail-newu)"
    case .build(.keyList): "our own builder (as qmail-newmrh)"
    case .command(let command):
      Command(command.arguments, standardInput: command.standardInput).typed
    case .reload: ServiceControl.command([.hup], to: product.path).typed
    case .restart: ServiceControl.command([.terminate], to: product.path).typed
    }
  }

  /// Whether the product is a service.
  package var isService: Bool {
    if case .service = product { true } else { false }
  }
}
