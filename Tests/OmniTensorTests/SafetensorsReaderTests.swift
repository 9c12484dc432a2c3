import Foundation
import OmniTensor
import TestSupport
import Testing

/// A safetensors file from its header's text and its data.
func safetensors(_ header: String, _ data: [UInt8], announcing count: UInt64? = nil) -> [UInt8] {
    let text = Array(header.utf8)
    let length = count ?? UInt64(text.count)
    return (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * UInt64($0))) } + text + data
}

@Suite struct SafetensorsReaderTests {
    @Test(arguments: ["tiny/resample.safetensors", "tiny/whisper.safetensors"])
    func readsEveryTensorOfTheGoldens(_ path: String) throws {
        let opened = try Checkpoint(contentsOf: Fixture.url(path))
        #expect(!opened.entries.isEmpty)
        for (name, info) in opened.entries {
            let tensor = try opened.floats(name)
            #expect(tensor.shape == info.shape)
            let isFinite = tensor.scalars.allSatisfy(\.isFinite)
            #expect(isFinite)
        }
    }

    @Test(arguments: [0, 1, 2, 3])
    func mapsOrCopiesByAlignment(_ padding: Int) throws {
        let values: [Float] = [1, -2, 0.5, .infinity]
        let data = values.flatMap { value in (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * $0)) } }
        let header =
            #"{"a": {"dtype":"F32","shape":[2,2],"data_offsets":[0,16]}}"# + String(repeating: " ", count: padding)
        let tensor = try checkpoint(safetensors(header, data)).floats("a")
        #expect(tensor.scalars == values)
        #expect(tensor.shape == [2, 2])
    }

    private static let conversions: [(String, [UInt8], [Float])] = [
        ("F64", [0, 0, 0, 0, 0, 0, 0xf8, 0x3f], [1.5]),
        ("F16", [0x00, 0x3c, 0x01, 0x00, 0x00, 0xfc, 0xff, 0x83], [1, 0x1p-24, -.infinity, -0x1.ff8p-15]),
        ("BF16", [0x80, 0x3f, 0x49, 0xc0], [1, -3.140625]),
        ("I64", [255, 255, 255, 255, 255, 255, 255, 255], [-1]),
        ("I32", [0, 0, 1, 0], [65536]),
        ("I16", [0xfe, 0xff], [-2]),
        ("I8", [0x80, 0x7f], [-128, 127]),
        ("U8", [0x80, 0x7f], [128, 127]),
        ("BOOL", [0, 1], [0, 1]),
    ]

    @Test(arguments: conversions) func convertsEveryScalarType(_ type: String, _ data: [UInt8], _ expected: [Float])
        throws
    {
        let header =
            #"{"a":{"shape":[\#(expected.count)],"dtype":"\#(type)","data_offsets":[0,\#(data.count)]}}"#
        let opened = try checkpoint(safetensors(header, data))
        #expect(try opened.floats("a").scalars == expected)
        if type.contains("F") {
            let error = try #require(throws: CheckpointError.self) { try opened.integers("a") }
            #expect(error.code == .scalarTypeMismatch)
        } else {
            #expect(try opened.integers("a").scalars == expected.map { Int64($0) })
        }
        let error = #expect(throws: CheckpointError.self) { try opened.elements("a", as: Float.self) }
        #expect(error?.code == .scalarTypeMismatch)
    }

    @Test func keepsMetadataAndEmptyTensors() throws {
        let header =
            #"{"__metadata__":{"format":"pt","é\n":"\ud83d\ude00"},"empty":{"dtype":"I8","shape":[0,4],"#
            + #""data_offsets":[0,0]},"one":{"dtype":"I8","shape":[],"data_offsets":[0,1]}}"#
        let opened = try checkpoint(safetensors(header, [7]))
        #expect(opened.scalars == ["format": .string("pt"), "é\n": .string("😀")])
        #expect(try opened.floats("empty").shape == [0, 4])
        #expect(try opened.elements("one", as: Int8.self).scalars == [7])
    }

    @Test func readsWhatOtherProgramsWrite() throws {
        let tensor = #""dtype":"I8","shape":[1],"data_offsets":[0,1]"#
        let more = #""more":{"x":[1,-2.5e3,true,null,"\u0041"],"y":{}}"#
        for header in [
            #"{"__metadata__":null,"a":{\#(tensor)}}"#, #"{"a":{\#(tensor),\#(more)}}"#,
            #"{"a":{\#(more),\#(tensor)}}"#,
            "{\n \"a\" : {\n \(tensor) } \t}   ",
        ] {
            #expect(try checkpoint(safetensors(header, [7])).floats("a").scalars == [7], "\(header)")
        }
    }

    /// Types of elements that no model here has are no fault of a file, only of a tensor that is needed.
    @Test(arguments: [("F8_E4M3", 4), ("U64", 32), ("U16", 8), ("F4", 2), ("F8_E8M0", 4), ("C64", 32)])
    func passesOverTypesThatAreNotRead(_ type: String, _ count: Int) throws {
        let header =
            #"{"x":{"dtype":"\#(type)","shape":[4],"data_offsets":[0,\#(count)]},"#
            + #""a":{"dtype":"F16","shape":[1],"data_offsets":[\#(count),\#(count + 2)]}}"#
        let opened = try checkpoint(safetensors(header, [UInt8](repeating: 7, count: count + 2)))
        #expect(Set(opened.entries.keys) == ["a"])
        let weights = WeightScope(opened)
        _ = try weights.tensor("a", [1])
        try weights.requireAllRead(within: ["a"])
        let missing = try #require(throws: CheckpointError.self) { try weights.tensor("x", [4]) }
        #expect(missing.code == .missingTensor && missing.reason.contains(type), "\(missing)")
    }

    private static let lies: [(String, Int, CheckpointError.Code)] = [
        (
            #"{"a":{"dtype":"I8","shape":[4],"data_offsets":[0,4]},"#
                + #""b":{"dtype":"I8","shape":[4],"data_offsets":[2,6]}}"#,
            6, .malformed
        ),
        (
            #"{"a":{"dtype":"I8","shape":[4],"data_offsets":[0,4]},"#
                + #""b":{"dtype":"I8","shape":[4],"data_offsets":[6,10]}}"#,
            10, .malformed
        ),
        (
            #"{"a":{"dtype":"I8","shape":[4],"data_offsets":[0,4]},"#
                + #""a":{"dtype":"I8","shape":[4],"data_offsets":[4,8]}}"#,
            8, .malformed
        ),
        (#"{"a":{"dtype":"I8","shape":[4],"data_offsets":[0,4]}}"#, 3, .malformed),
        (#"{"a":{"dtype":"I8","shape":[4],"data_offsets":[0,4]}}"#, 5, .malformed),
        (#"{"a":{"dtype":"I8","shape":[5],"data_offsets":[0,4]}}"#, 4, .malformed),
        (#"{"a":{"dtype":"I8","shape":[4],"data_offsets":[4,0]}}"#, 4, .malformed),
        (#"{"a":{"dtype":"I8","shape":[-4],"data_offsets":[0,4]}}"#, 4, .malformed),
        (#"{"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]}}"#, 0, .malformed),
        (#"{"a":{"dtype":"F32","shape":[4611686018427387904],"data_offsets":[0,0]}}"#, 0, .malformed),
        (#"{"a":{"dtype":"I8","shape":[99999999999999999999],"data_offsets":[0,0]}}"#, 0, .malformed),
        (#"{"a":{"dtype":"F8_E4M3","shape":[3],"data_offsets":[0,4]}}"#, 4, .malformed),
        (#"{"a":{"dtype":"I9","shape":[4],"data_offsets":[0,4]}}"#, 4, .unsupported),
        (#"{"a":{"dtype":"I8","shape":[4],"shape":[4],"data_offsets":[0,4]}}"#, 4, .malformed),
        (#"{"a":{"dtype":"I8","shape":[4],"data_offsets":[0,4],"more":}}"#, 4, .malformed),
        (#"{"__metadata__":{"n":1}}"#, 0, .malformed), (#"{"__metadata__":[]}"#, 0, .malformed),
        (#"{"a":{"dtype":"I8","shape":[4]}}"#, 4, .malformed),
        (#"{"a":{"dtype":"I8","shape":[4],"data_offsets":[0]}}"#, 4, .malformed),
        (#"{"a":{"dtype":"I8","shape":[4],"data_offsets":[0,4]}"#, 4, .malformed),
        (#"{"a":{"dtype":"I8","shape":[4],"data_offsets":[0,4]}}x"#, 4, .malformed),
        (#"{"a\ud800":{"dtype":"I8","shape":[4],"data_offsets":[0,4]}}"#, 4, .malformed),
        (#"{"a"#, 0, .malformed),
        (#"{"#, 0, .malformed),
    ]

    @Test(arguments: lies) func refusesWhatTheFormatForbids(
        _ header: String, _ count: Int, _ code: CheckpointError.Code
    ) throws {
        let error = try #require(throws: CheckpointError.self) {
            try checkpoint(safetensors(header, [UInt8](repeating: 1, count: count)))
        }
        #expect(error.code == code)
    }

    @Test(arguments: [UInt64.max, 1 << 62, 100_000_001, 54, 53]) func refusesALyingHeaderLength(_ length: UInt64) throws
    {
        let bytes = safetensors(#"{"a":{"dtype":"I8","shape":[0],"data_offsets":[0,0]}}"#, [], announcing: length)
        if length == 53 {
            #expect(try checkpoint(bytes).entries.count == 1)
        } else {
            #expect(throws: CheckpointError.self) { try checkpoint(bytes) }
        }
    }

    @Test func refusesWhatIsNoFile() throws {
        func code(_ url: URL) -> CheckpointError.Code? {
            #expect(throws: CheckpointError.self) { try Checkpoint(contentsOf: url) }?.code
        }
        #expect(code(Fixture.directory) == .unreadable)
        #expect(code(Fixture.url("there is no such file")) == .unreadable)
        for bytes in [[], [1, 2, 3]] as [[UInt8]] {
            let found = try withTemporaryFile(bytes) { code($0) }
            #expect(found == .malformed)
        }
        let device = #expect(throws: CheckpointError.self) { try Checkpoint(contentsOf: URL(filePath: "/dev/zero")) }
        #expect(device?.reason == "this is not a regular file")
    }

    /// A pipe that no process writes to, which an ordinary opening waits for.
    @Test(.timeLimit(.minutes(1))) func refusesAPipe() throws {
        try withTemporaryFile { url in
            let path = url.path(percentEncoded: false)
            try #require(unsafe mkfifo(path, 0o600) == 0)
            let error = #expect(throws: CheckpointError.self) { try Checkpoint(contentsOf: url) }
            #expect(error?.reason == "this is not a regular file")
        }
    }

    @Test func namesAMissingTensor() throws {
        let error = try #require(throws: CheckpointError.self) { try checkpoint(safetensors("{}", [])).floats("a") }
        #expect(error.code == .missingTensor)
        #expect(error.tensor == "a")
    }
}
