internal import Supervision
internal import SystemPackage
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

  /// The action as a person can run it by hand, with real names in all places.
  package func actionByHand(_ settings: Settings) -> String {
    if case .build = action { return settings.forceByHand(name) }
    guard case .command(let command) = action else { return typedAction }
    let product = product.path.string
    let words = command.filled { place in
      switch place {
      case BuildCommand.candidate, BuildCommand.product: product
      case BuildCommand.temporary: product + ".tmp"
      case BuildCommand.depfile, BuildCommand.memory: BuildCommand.noFile
      default: nil
      }
    }
    return Command(words, standardInput: command.standardInput).typed
  }

  /// Whether the product is made beside the old one, which stays until the new one has proved sound.
  var isMadeBeside: Bool {
    guard case .file = product else { return false }
    guard case .command(let command) = action else { return true }
    return command.mentions(BuildCommand.candidate)
  }

  /// Whether the builder tells what it has read.
  var reportsInputs: Bool {
    guard case .command(let command) = action else { return false }
    return command.mentions(BuildCommand.depfile)
  }

  /// Whether the product is a service.
  package var isService: Bool {
    if case .service = product { true } else { false }
  }
}
