# tree DIRECTORY DOMAINS MAILBOXES: a server with that many of vpopmail's domains, each with that
# many mailboxes, as vpopmail's own files have them.
tree() {
  local root=$1 domains=$2 mailboxes=$3
  mkdir -p "$root"/{etc,home/vpopmail/domains} "$root"/var/qmail/{alias,control,users}
  (
    cd "$root"
    printf '%s\n' 'root:x:0:0::/root:/bin/sh' 'vpopmail:x:89:89::/home/vpopmail:/bin/sh' >etc/passwd
    printf 'mx.example\n' >var/qmail/control/me
    touch var/qmail/control/locals
    cd home/vpopmail/domains
    seq -f 'domain%05.0f.example' 1 "$domains" | tee /dev/fd/3 | xargs mkdir
  ) 3>"$root/domains"
  awk -v mailboxes="$mailboxes" -v root="$root" '{
    directory = "/home/vpopmail/domains/" $1
    print $1 > (root "/var/qmail/control/" (NR <= 50 ? "rcpthosts" : "morercpthosts"))
    print $1 ":" $1 > (root "/var/qmail/control/virtualdomains")
    print "+" $1 "-:" $1 ":89:89:" directory ":-::" > (root "/var/qmail/users/assign")
    file = root directory "/.qmail-default"
    print "| /home/vpopmail/bin/vdelivermail \047\047 bounce-no-mailbox" > file
    close(file)
    file = root directory "/vpasswd"
    for (i = 1; i <= mailboxes; i++) {
      name = sprintf("user%05d", i * 7919 % 100003)
      hash = sprintf("$6$%08d$%086d", i, NR * i)
      print name ":" hash ":1:0:User " i ":" directory "/" name ":NOQUOTA" | "LC_ALL=C sort >" file
    }
    close("LC_ALL=C sort >" file)
  }' "$root/domains"
  printf '.\n' >>"$root/var/qmail/users/assign"
  touch "$root/var/qmail/control/morercpthosts"
  cdb -c -m "$root/var/qmail/control/morercpthosts.cdb" "$root/var/qmail/control/morercpthosts"
}
