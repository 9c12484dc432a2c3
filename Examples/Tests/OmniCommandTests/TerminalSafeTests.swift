import CommandSupport
import Testing

/// Names of files and of requests may have anything in them; a terminal shows it and obeys none of it.
@Suite struct TerminalSafeTests {
    @Test(arguments: [
        ("a file.wav", "a file.wav"), ("größer 😀\n", "größer 😀\n"),
        ("\u{1B}[2J\u{1B}]0;x\u{7}", "\\u{1b}[2J\\u{1b}]0;x\\u{7}"),
        ("a\rb\u{9B}1m", "a\\u{d}b\\u{9b}1m"), ("\u{202E}gpj.exe", "\\u{202e}gpj.exe"),
    ])
    func names(text: String, shown: String) { #expect(text.terminalSafe == shown) }
}
