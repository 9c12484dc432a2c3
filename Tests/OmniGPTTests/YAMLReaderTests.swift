import OmniFormats
import OmniTesting
import Testing

@testable import OmniGPT

/// The part of YAML that a configuration needs: read as PyYAML reads it, or refused with the line.
@Suite struct YAMLReaderTests {
    private static func plain(_ text: String) -> YAMLValue { .scalar(text, isPlain: true) }
    private static func word(_ text: String) -> YAMLValue { .scalar(text, isPlain: false) }

    static let readable: [(String, YAMLValue)] = [
        ("", .null), ("# nothing\n\n", .null), ("---\n", .null), ("text", plain("text")),
        ("a: 1\nb: x y # c\n", .mapping(["a": plain("1"), "b": plain("x y")])),
        ("\u{FEFF}---\r\na: 1\r\n\r\nb: 2\r\n", .mapping(["a": plain("1"), "b": plain("2")])),
        ("a: http://x#y", .mapping(["a": plain("http://x#y")])),
        ("a:\nb: ~", .mapping(["a": .null, "b": plain("~")])),
        ("a: 'it''s' # c\n\"b c\": \"\\x41\\u00e9\\n\"", .mapping(["a": word("it's"), "b c": word("Aé\n")])),
        ("a:\n- 1\n- 2\nb: 3", .mapping(["a": .sequence([plain("1"), plain("2")]), "b": plain("3")])),
        (
            "a:\n  - x: 1\n    y: 2\n  -\n    z: 3\n",
            .mapping([
                "a": .sequence([.mapping(["x": plain("1"), "y": plain("2")]), .mapping(["z": plain("3")])])
            ])
        ),
        ("- - 1\n  - 2\n- 3", .sequence([.sequence([plain("1"), plain("2")]), plain("3")])),
        ("a:\n  b:\n    c: d\n  e: f", .mapping(["a": .mapping(["b": .mapping(["c": plain("d")]), "e": plain("f")])])),
        ("a: []\nb: {}", .mapping(["a": .sequence([]), "b": .mapping([:])])),
        (
            "a: [1, 'b', [2], {c: d, e: }]",
            .mapping([
                "a": .sequence([
                    plain("1"), word("b"), .sequence([plain("2")]), .mapping(["c": plain("d"), "e": .null]),
                ])
            ])
        ),
        (
            "a: [1, # one\n  2,\n  3]\nb: 4",
            .mapping([
                "a": .sequence([plain("1"), plain("2"), plain("3")]), "b": plain("4"),
            ])
        ),
        // The later of two values counts.
        ("a: 1\n\nb: 2\na: 3", .mapping(["a": plain("3"), "b": plain("2")])),
        ("a: {b: 1, b: 2}", .mapping(["a": .mapping(["b": plain("2")])])),
        ("\u{FEFF}a: 1", .mapping(["a": plain("1")])),
        // The end of a document.
        ("a: 1\n...\n", .mapping(["a": plain("1")])), ("a:\n... # end\n# c\n\n...", .mapping(["a": .null])),
        ("---\n...\n", .null), ("a: 1\nb: ...x", .mapping(["a": plain("1"), "b": plain("...x")])),
    ]

    @Test(arguments: readable) func reads(text: String, expected: YAMLValue) throws {
        #expect(try YAMLReader.value(of: text) == expected)
    }

    /// What is not read is named, with its line.
    @Test(arguments: [
        ("a: b: c", "line 1: a second colon"), ("a: 1\nb", "line 2: a line that is neither"),
        ("a: b\n  c", "line 2: a line that continues"), ("a: 1\n b: 2", "line 2: a line that continues"),
        (" a: 1\nb: 2", "line 2: a line that is indented less"), ("a:\n  - 1\n - 2", "line 3: a line that continues"),
        ("a: |\n  b", "line 1: text of several lines"), ("a: >-\n  b", "line 1: text of several lines"),
        ("a: &b 1", "line 1: anchors"), ("a: *b", "line 1: anchors"), ("a: !!int 1", "line 1: tags"),
        ("%YAML 1.2\n---\na: 1", "line 1: directives"), ("? a\n: b", "line 1: keys that are marked"),
        ("a: 1\n---\nb: 2", "line 2: a second document"), ("a: 1\n...\nb: 2", "line 3: a second document"),
        ("a: 1\n...\n---\n", "line 3: a second document"), ("...\na: 1", "line 1: a second document"),
        ("a: &d {b: 1}", "line 1: anchors and aliases have no place in a configuration: &d"),
        ("x:\n  - *d : 1", "line 2: anchors"), ("a: !t {b: 1}", "line 1: tags have no place in a configuration: !t"),
        ("a: | # b: c\n  d", "line 1: text of several lines"), ("a: 1\n<<: *d", "line 2: anchors"),
        ("a: - 1", "line 1: an item of a list"), ("a: 'b", "line 1: a quotation mark that is not closed"),
        ("a: 'b' c", "line 1: text after a quotation mark"), ("a: \"\\q\"", "line 1: an escape"),
        ("a: \"\\uD800\"", "line 1: an escape"), ("a: [1", "line 1: a bracket"), ("a: [1,\nb: 2", "line 2: a bracket"),
        ("a: [1 2}", "line 1: a comma"), ("a: [] b", "line 1: text after a bracket"),
        ("a: {b}", "line 1: the key b without"),
        ("a: [b: 1]", "line 1: a comma"), ("a: {[b]: 1}", "line 1: a value is missing"),
        ("a: @b", "line 1: a value that begins"),
        ("a: 1\r\nb: \u{7}", "line 2: a control character"), ("a: b\u{2028}c: d", "line 1: a control character"),
        ("-\ta: 1", "line 1: a tab"), (": 1", "line 1: a value without a key"),
    ]) func refuses(text: String, reason: String) {
        #expect {
            try YAMLReader.value(of: text)
        } throws: { error in
            guard let refusal = error as? YAMLReader.Refusal else { return false }
            return refusal.reason.hasPrefix(reason)
        }
    }

    @Test func scalars() {
        for (text, value) in [("0", 0), ("-7", -7), ("+7", 7), ("0x1f", 31)] { #expect(Self.plain(text).int == value) }
        for text in ["010", "1_000", "1.0", "0o7", "1e3", "0x", "-0x1", "", "9223372036854775808", "inf"] {
            #expect(Self.plain(text).int == nil, "\(text)")
        }
        for (text, value) in [("1", 1), ("1.0e-06", 1e-6), ("1e-6", 1e-6), ("-.5", -0.5), (".inf", Double.infinity)] {
            #expect(Self.plain(text).double == value)
        }
        #expect(Self.plain(".nan").double?.isNaN == true)
        for text in ["inf", "nan", "0x1p3", "1_0", "1:30", ""] { #expect(Self.plain(text).double == nil, "\(text)") }
        #expect(Self.plain("True").bool == true && Self.plain("false").bool == false)
        for text in ["yes", "off", "y", "1", ""] { #expect(Self.plain(text).bool == nil, "\(text)") }
        #expect(Self.word("1").int == nil && Self.word("true").bool == nil && Self.word("").isNull == false)
        for text in ["", "~", "null"] { #expect(Self.plain(text).isNull) }
    }

    /// Comparing these with names would take a second.
    @Test(arguments: ["\u{301}", "\\u0301"]) func runsOfMarksAreRefused(mark: String) throws {
        let other = mark == "\u{301}" ? "\u{316}" : "\\u0316"
        let count = 50_000 / (mark.utf8.count * 2)
        let marks = "e" + String(repeating: mark, count: count) + String(repeating: other, count: count)
        let isEscaped = mark.utf8.count > 2
        let text = isEscaped ? "\"\(marks)\"" : marks
        for file in ["\(text): 1", "a: \(text)", "{\(text): 1}", "[\(text)]"] {
            let time = try processorTime {
                let refusal = try #require(throws: YAMLReader.Refusal.self) { try YAMLReader.value(of: file) }
                #expect(refusal.reason == "line 1: \(StreamSafeText.fault)")
            }
            #expect(time < .milliseconds(200))
        }
    }
}
