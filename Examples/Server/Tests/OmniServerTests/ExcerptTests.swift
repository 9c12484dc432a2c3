import OmniTesting
import Testing

@testable import OmniServer

@Suite struct ExcerptTests {
    @Test(arguments: [
        ("", ""), ("session.update", "session.update"), ("größer 😀", "größer 😀"), ("\u{1B}[2J", "\\u{1b}[2J"),
        ("a\nb\t\u{9B}", "a\\u{a}b\\u{9}\\u{9b}"), ("\u{202E}gpj.exe", "\\u{202e}gpj.exe"),
        (String(repeating: "a", count: 65), String(repeating: "a", count: 64) + "…"),
    ])
    func excerpts(text: String, expected: String) { #expect(text.excerpt() == expected) }

    /// A reader takes it for one character, and counting those takes long.
    @Test func bytesNotCharacters() {
        let text = "e" + String(repeating: "\u{301}", count: 1_000_000)
        let time = processorTime {
            #expect(text.excerpt().utf8.count < 80)
            #expect(!TextLimit.allows(text))
        }
        #expect(time < .milliseconds(50))
    }
}
