import Foundation
import Testing

@testable import OmniServer

/// What is JSON and what is not, by RFC 8259.
@Suite struct JSONParserTests {
    private func parse(_ text: String) throws -> JSON { try JSON(parsing: text.utf8) }

    @Test(
        arguments: [
            ("null", nil), (" true\n", true), ("false", false), ("0", 0), ("-0", 0), ("-17", -17),
            ("\t1.5\r", .number(1.5)),
            ("1e2", .number(100)), ("2E-1", .number(0.2)), ("-0.5e+1", .number(-5)),
            ("9223372036854775807", .integer(.max)), ("9223372036854775808", .number(0x1p63)),
            (#""""#, ""), (#""a b""#, "a b"), (#""é\u00e9\ud83d\ude00😀""#, "éé😀😀"),
            (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"), (#""\u0000x""#, "\0x"),
            ("[]", []), ("[ ]", []), ("[1,[2,[]] , {}]", [1, [2, []], [:]]), ("{}", [:]),
            (#"{"a": 1, "b" : {"a": null}, "a": 2}"#, ["a": 2, "b": ["a": nil]]),
        ] as [(String, JSON)])
    func whatIsJSON(text: String, value: JSON) throws { #expect(try parse(text) == value) }

    @Test(arguments: [
        "", " ", "nul", "True", "nullx", "1 2", "01", "-", "+1", "1.", ".5", "1e", "1e+", "0x1", "NaN", "Infinity",
        "1e999",
        "\"", "\"a", #""\x""#, #""\u12""#, #""\u+123""#, #""\ud800""#, #""\ud800\u0041""#, #""\udc00""#, "\"\n\"",
        "'a'",
        "[", "[1", "[1,", "[1,]", "[,1]", "[1 2]", "]", "[}", "{", "{1: 2}", #"{"a"}"#, #"{"a" 1}"#, #"{"a": }"#,
        #"{"a": 1,}"#,
        #"{a: 1}"#, "{]", "\u{FEFF}1", "[1] x", "\u{A0}1",
    ])
    func whatIsNone(text: String) {
        #expect(throws: APIError.self) { try parse(text) }
    }

    @Test func whatIsNoText() {
        for bytes: [UInt8] in [[0xFF, 0xFE], [0x22, 0xC3, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22], [0x31, 0]] {
            #expect(throws: APIError.self) { try JSON(parsing: bytes) }
        }
    }

    /// What a client sends is bounded: how deep it is, how many values it has, how long a number is.
    @Test func whatIsTooMuch() throws {
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        func list(_ count: Int) -> String { "[" + Array(repeating: "[]", count: count).joined(separator: ",") + "]" }
        _ = try parse(nested(JSONParser.maximumDepth))
        #expect(throws: APIError.self) { try parse(nested(JSONParser.maximumDepth + 1)) }
        #expect(throws: APIError.self) { try parse(String(repeating: "[", count: 1_000_000)) }
        #expect(try parse(list(JSONParser.maximumValueCount - 1)).array?.count == JSONParser.maximumValueCount - 1)
        #expect(throws: APIError.self) { try parse(list(JSONParser.maximumValueCount)) }
        #expect(throws: APIError.self) { try parse(String(repeating: "9", count: 513)) }
    }

    /// An event may have much audio, and little else.
    @Test func whatAnEventMayHave() throws {
        func event(_ text: String) throws -> JSON { try JSON(parsing: text.utf8, limits: .event) }
        let (audio, long) = (String(repeating: "A", count: 1 << 20), String(repeating: "a", count: 65_600))
        #expect(try event(#"{"type": "x", "audio": "\#(audio)"}"#)["audio"]?.string == audio)
        // As some write a slash.
        #expect(try event(#"{"audio": "\#(String(repeating: #"\/"#, count: 1 << 17))"}"#)["audio"] != nil)
        #expect(try event(#"{"item": {"content": [{"audio": "\#(audio)"}]}}"#)["item"] != nil)
        for text in [
            #"{"type": "\#(long)"}"#, #"{"\#(long)": 1}"#, #"{"audio": ["\#(long)"]}"#, #"["audio", "\#(long)"]"#,
            #"{"a": 1\#(String(repeating: " ", count: 65_600))}"#, #"{"type": "\#(long)"#,
            "[" + String(repeating: "1,", count: 40_000) + "1]", #"{"audio": "\#(audio)", "type": "\#(long)"}"#,
        ] {
            #expect(throws: APIError.self) { try event(text) }
        }
        #expect { try event(#"{"type": "\#(long)"}"#) } throws: { error in
            (error as? APIError)?.code == "event_too_large" && (error as? APIError)?.status == 400
        }
        #expect { try parse(#"{"input": "\#(String(repeating: "a", count: 1 << 20))"}"#) } throws: { error in
            (error as? APIError)?.code == "request_too_large" && (error as? APIError)?.status == 413
        }
        // A name that means nothing is not looked up.
        #expect(throws: APIError.self) { try event(#"{"\#(String(repeating: "a", count: 257))": 1}"#) }
    }

    /// What is written is read again, whatever it is.
    @Test func whatIsWrittenIsRead() throws {
        var random = SystemRandomNumberGenerator()
        func value(_ depth: Int) -> JSON {
            switch Int.random(in: 0..<(depth < 4 ? 8 : 6), using: &random) {
            case 0: return .null
            case 1: return .bool(Bool.random(using: &random))
            case 2: return .integer(Int.random(in: .min ... .max, using: &random))
            // What is whole comes back as an integer.
            case 3: return .number(Double(Int.random(in: -999...999, using: &random)) + 0.25)
            case 4, 5:
                let scalars = (0..<Int.random(in: 0..<9, using: &random)).map { _ in
                    Unicode.Scalar(UInt32.random(in: 0...0x10FFFF, using: &random)) ?? "\""
                }
                return .string(String(String.UnicodeScalarView(scalars)))
            case 6: return .array((0..<Int.random(in: 0..<5, using: &random)).map { _ in value(depth + 1) })
            default:
                let names = (0..<Int.random(in: 0..<5, using: &random)).map { "\($0)\"\n\\é" }
                return .object(Dictionary(names.map { ($0, value(depth + 1)) }) { $1 })
            }
        }
        for _ in 0..<500 {
            let json = value(0)
            #expect(try JSON(parsing: json.bytes) == json)
        }
    }

    /// Cut or changed anywhere, it is JSON or it is not; nothing else happens, and Foundation agrees.
    @Test func whatIsBroken() throws {
        let whole = Array(#"{"a": [1, -2.5e3, true, null], "b\u00e9": "x\ud83d\ude00\"", "c": {"d": []}}"#.utf8)
        var random = SystemRandomNumberGenerator()
        for _ in 0..<5_000 {
            var bytes = whole
            for _ in 0..<Int.random(in: 1...2, using: &random) {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                if Bool.random(using: &random) {
                    bytes.remove(at: place)
                } else {
                    bytes[place] = UInt8.random(in: 0x20...0x7E, using: &random)
                }
            }
            let found = try? JSON(parsing: bytes)
            let known = try? JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)
            #expect((found == nil) == (known == nil), "\(String(decoding: bytes, as: UTF8.self))")
        }
    }
}
