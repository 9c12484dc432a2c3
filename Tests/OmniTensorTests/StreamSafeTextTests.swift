import Foundation
import OmniFormats
import OmniTensor
import OmniTesting
import Testing

/// Names whose comparison takes long are not compared, whatever file they come in.
@Suite struct StreamSafeTextTests {
    private typealias P = RawPickle

    /// 80 KB that are one character to a reader, whose marks are not in the order of the normal form.
    private static let marks =
        "e" + String(repeating: "\u{301}", count: 20_000) + String(repeating: "\u{316}", count: 20_000)

    @Test(arguments: [
        "", "type", "größer", "e\u{301}\u{316}", "가각", "😀👩‍👩‍👧", "e" + String(repeating: "\u{301}", count: 30),
    ])
    func safe(text: String) throws {
        #expect(text.isStreamSafe)
        for escapes in [false, true] { #expect(try JSONText.fault(in: json(text, escapes: escapes)) == nil) }
    }

    @Test(arguments: [
        marks, "e" + String(repeating: "\u{301}", count: 31), String(repeating: "\u{1D165}", count: 31) + "e",
    ])
    func notSafe(text: String) throws {
        #expect(!text.isStreamSafe)
        for escapes in [false, true] {
            #expect(try JSONText.fault(in: json(text, escapes: escapes)) == StreamSafeText.fault)
        }
    }

    /// A text as JSON, its characters as they are or as escapes.
    private func json(_ text: String, escapes: Bool) throws -> [UInt8] {
        guard escapes else { return try Array(JSONEncoder().encode([text])) }
        let escaped = text.utf16.map { unit in
            let digits = String(unit, radix: 16, uppercase: unit % 2 == 0)
            return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        }
        return Array("[\"\(escaped.joined())\"]".utf8)
    }

    /// Escapes of escapes and what is no escape do not count, and do not hide what follows.
    @Test func escapesAreReadAsDecodersReadThem() {
        let run = String(repeating: "\\u0301", count: 31)
        for text in ["\"\(run)\"", "\"\\u\"\(run)", "\"\\\\\(run)", "\"\\ud834\(run)", "\"\\n\(run)"] {
            #expect(JSONText.fault(in: Array(text.utf8)) == StreamSafeText.fault, "\(text)")
        }
        for text in [
            String(repeating: "\\\\u0301", count: 31), String(repeating: "\\u0301.", count: 31), "\\", "\\u03",
        ] {
            #expect(JSONText.fault(in: Array(text.utf8)) == nil, "\(text)")
        }
    }

    @Test func otherEncodingsAreRefused() {
        #expect(JSONText.fault(in: [0x7B, 0, 0x7D, 0]) == "the file is not UTF-8 text")
        #expect(JSONText.fault(in: [0xFF, 0xFE, 0x7B, 0x7D]) == "the file is not UTF-8 text")
    }

    /// Hashing one of these takes seconds.
    private func expectRefusal(_ bytes: [UInt8], _ code: CheckpointError.Code = .malformed) throws {
        let time = try processorTime {
            let error = try #require(throws: CheckpointError.self) { try checkpoint(bytes) }
            #expect(error.code == code, "\(error.code)")
        }
        #expect(time < .milliseconds(200))
    }

    @Test func safetensors() throws {
        let entry = #"{"dtype":"U8","shape":[],"data_offsets":[0,1]}"#
        try expectRefusal(OmniTensorTests.safetensors(#"{"\#(Self.marks)":\#(entry)}"#, [1]))
        try expectRefusal(OmniTensorTests.safetensors(#"{"__metadata__":{"\#(Self.marks)":""},"a":\#(entry)}"#, [1]))
    }

    @Test func listsOfShards() throws {
        let time = try processorTime {
            try withTemporaryFile { url in
                let list = url.appendingPathExtension("json")
                defer { try? FileManager.default.removeItem(at: list) }
                try Data(#"{"weight_map":{"\#(Self.marks)":"a"}}"#.utf8).write(to: list)
                let error = try #require(throws: CheckpointError.self) { try Checkpoint(contentsOf: list) }
                #expect(error.code == .malformed)
            }
        }
        #expect(time < .milliseconds(200))
    }

    /// As other text that no tensor is named by: it is passed over.
    @Test func pickles() throws {
        let tensor = P.tensor(P.storage(count: 6), [6], strides: [1])
        let time = try processorTime {
            let opened = try P.open(P.dictionary((Self.marks, P.integer(1)), ("a", tensor), ("b", P.text(Self.marks))))
            #expect(Set(opened.entries.keys) == ["a"] && opened.scalars.isEmpty)
            let storage = P.tensor(P.storage(Self.marks, count: 6), [6], strides: [1])
            let error = try #require(throws: CheckpointError.self) { try P.open(P.dictionary(("a", storage))) }
            #expect(error.code == .malformed)
        }
        #expect(time < .milliseconds(200))
    }

    @Test func namesOfClasses() throws {
        let name = "e" + String(repeating: "\u{301}", count: 31)
        let error = try #require(throws: CheckpointError.self) { try P.open(P.global("a", name)) }
        #expect(error.code == .malformed)
    }

    /// The name of an entry, in the directory or before its bytes alone.
    @Test(arguments: [true, false]) func archives(isInDirectory: Bool) throws {
        let name = Array("name".utf8)
        let marks = Array(String(Self.marks.unicodeScalars.dropFirst(5001).prefix(30_000)).utf8)
        let (local, listed) = isInDirectory ? (marks, marks) : (marks, name)
        func little(_ value: Int, _ count: Int) -> [UInt8] {
            (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
        }
        let zeros = [UInt8](repeating: 0, count: 30)
        let header = [0x50, 0x4b, 3, 4] + zeros.prefix(22) + little(local.count, 2) + [0, 0] + local
        let entry = [0x50, 0x4b, 1, 2] + zeros.prefix(24) + little(listed.count, 2) + zeros.prefix(16) + listed
        let end =
            [0x50, 0x4b, 5, 6, 0, 0, 0, 0, 1, 0, 1, 0] + little(entry.count, 4) + little(header.count, 4) + [0, 0]
        try expectRefusal(header + entry + end)
    }
}
