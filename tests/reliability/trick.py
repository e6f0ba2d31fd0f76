"""Texts that mean more than a text to whoever takes them carelessly: as a path, a header, a template, an expression."""

from typing import Final

PATHS: Final = (
    "../secret.txt", "..%2fsecret.txt", "%2e%2e/secret.txt", "%2e%2e%2fsecret.txt", "..%2Fsecret.txt", "..\\secret.txt",
    "..%5csecret.txt", "%2e%2e%5csecret.txt", "%252e%252e%252fsecret.txt", "..%252fsecret.txt",
    "%25252e%25252e%25252fx",
    "%c0%ae%c0%ae%c0%afsecret.txt", "%e0%80%ae%e0%80%ae/secret.txt", "%c0%ae%c0%ae/secret.txt",
    "%uff0e%uff0e/secret.txt",
    "%ef%bc%8e%ef%bc%8e/secret.txt", "%e2%80%a5/secret.txt", "....//secret.txt", "..;/secret.txt", ".../secret.txt",
    "a/../../secret.txt", "./../secret.txt", "a/..%2f..%2fsecret.txt", "%2fetc%2fpasswd", "/etc/passwd", "//etc/passwd",
    "%2fproc%2fself%2fenviron", "../../../../../../proc/self/environ", "..%2f..%2f..%2f..%2fproc%2fself%2fcmdline",
    "file:%2f%2f%2fetc%2fpasswd", "file:///etc/passwd", "C:%5cWindows%5cwin.ini", "C:/Windows/win.ini",
    "%5c%5chost%5cshare%5cx", "out.txt", "way-out/secret.txt", "out.txt%00.html", "%00", "index.html%00", "%0a",
    "%0d%0aX: y",
    "CON", "con.txt", "nul", "AUX.html", "COM1", "LPT1.js", "index.html::$DATA", "index.html.", "index.html%20",
    "~root",
    "~/.ssh/id_rsa", ".env", ".git/config", "*", "a" * 300, "a/" * 1000, "%", "%zz", "%f0%9f", "$HOME", "${HOME}",
    "|id",
    "`id`", "-rf",
)  # fmt: skip
"""Names that would lead out of where they are looked for, if anything looked for them carelessly."""
BREAKS: Final = (
    "a\r\nX-Evil: 1",
    "a\nX-Evil: 1",
    "a\rX-Evil: 1",
    "a\0b",
    "a\x0bb",
    "a\x7fb",
    "é",
    "a\u2028b",
    "\x1b[31m",
)
"""What would end a header or a line, or is nothing that a header holds."""
TEMPLATES: Final = (
    "{{7*7}}", "{{config}}", "{{''.__class__.__mro__}}", "{0.__init__}", "{0.__init__.__globals__}", "{__class__}",
    "%(x)s",
    "%s%s%n", "#{7*7}", "<%= 7*7 %>", "$(id)", "`id`", "{%for x in y%}", "@(7*7)", "*{7*7}", "[[7*7]]", "{n}",
    "$x", "\\{7}",
)  # fmt: skip
EXPRESSIONS: Final = (
    "${__class__}", "${''.__class__}", "${''['__class__'].__mro__[1].__subclasses__()}", "${self.__init__}",
    "${cycler}",
    "${lipsum.__globals__}", "${config}", "${request}", "${().__class__.__bases__}", "${open('/etc/passwd')}",
    "${__import__('os')}", "${'a'.format(1)}", "${[] | attr('x')}", "${namespace()}", "${range(9)}",
    "${id.__class__()}",
)  # fmt: skip
