import Foundation
import OmniCore
import OmniTensor
import OmniTesting
import OmniVAD
import TestSupport
import Testing

/// Files that are damaged, or that lie.
@Suite struct HostileFileTests {
    /// What is loaded must also compute; what is not must say why.
    private func attempt(_ bytes: [UInt8], sampleRate: Int = 16_000) throws -> Bool {
        do {
            let model = try SileroVAD(onnx: Data(bytes), sampleRate: sampleRate, engine: BLASEngine())
            var state = model.makeState()
            let window = [Float](repeating: 0.1, count: model.windowSampleCount)
            _ = model.speechProbability(in: window.span, state: &state)
            return true
        } catch let error as CheckpointError {
            #expect(!error.description.isEmpty)
        }
        return false
    }

    @Test(arguments: ["v4", "v5"]) func survivesMutations(_ name: String) throws {
        let original = try [UInt8](Fixture.data("vad/synthetic/\(name).onnx"))
        var noise = Noise(seed: name == "v4" ? 41 : 51)
        #expect(try attempt(original))
        // Most of the bytes are weights, where a change goes unnoticed: the structure is what a reader can stumble
        // over.
        let structure = Self.structuralOffsets(original)
        var refusedCount = 0
        for _ in 0..<600 {
            var bytes = original
            for _ in 0..<Int.random(in: 1...4, using: &noise) {
                let offset = structure[Int.random(in: 0..<structure.count, using: &noise)]
                bytes[offset] = Bool.random(using: &noise) ? .random(in: 0...255, using: &noise) : 0xFF
            }
            if try !attempt(bytes, sampleRate: Bool.random(using: &noise) ? 16_000 : 8000) { refusedCount += 1 }
        }
        #expect(refusedCount > 100)
    }

    /// Offsets outside the runs of bytes that are weights: those within 64 bytes of text.
    private static func structuralOffsets(_ bytes: [UInt8]) -> [Int] {
        var offsets: [Int] = []
        var lastText = -1000
        var run = 0
        for (offset, byte) in bytes.enumerated() {
            run = (UInt8(ascii: "A")...UInt8(ascii: "z")).contains(byte) ? run + 1 : 0
            if run >= 4 { lastText = offset }
            if offset - lastText < 64 { offsets.append(offset) }
        }
        return offsets
    }

    @Test(arguments: ["v4", "v5"]) func survivesTruncation(_ name: String) throws {
        let original = try [UInt8](Fixture.data("vad/synthetic/\(name).onnx"))
        var noise = Noise(seed: 6)
        for count in (0..<40) + (0..<200).map({ _ in Int.random(in: 0..<original.count, using: &noise) }) {
            #expect(try !attempt(Array(original.prefix(count))), "\(count) bytes")
        }
    }

    @Test func survivesNoise() throws {
        var noise = Noise(seed: 8)
        for _ in 0..<2000 {
            let count = Int.random(in: 0...200, using: &noise)
            #expect(try !attempt((0..<count).map { _ in .random(in: 0...255, using: &noise) }))
        }
    }

    @Test func refusesGraphsThatNestTooDeep() throws {
        // A graph in an attribute of a node of a graph, and so on.
        var graph: [UInt8] = []
        for _ in 0..<20_000 {
            let attribute = Self.message(6, graph)
            let node = Self.message(5, attribute)
            graph = Self.message(1, node)
            if graph.count > 200_000 { break }
        }
        let bytes = Self.message(7, graph)
        let error = #expect(throws: CheckpointError.self) { try SileroVAD(onnx: Data(bytes)) }
        #expect(error?.code == .malformed)
    }

    @Test func refusesLengthsBeyondTheFile() throws {
        // A graph that says it has 2⁶³ bytes.
        let bytes: [UInt8] = [0x3A] + [UInt8](repeating: 0xFF, count: 8) + [0x7F, 0x0A, 0x00]
        let error = #expect(throws: CheckpointError.self) { try SileroVAD(onnx: Data(bytes)) }
        #expect(error?.code == .malformed)
    }

    @Test func refusesFilesThatAreTooLarge() throws {
        let error = #expect(throws: CheckpointError.self) { try SileroVAD(onnx: Data(count: 17 << 20)) }
        #expect(error?.code == .overBudget)
    }

    private static func message(_ field: UInt8, _ body: [UInt8]) -> [UInt8] {
        var length = body.count
        var prefix = [field << 3 | 2]
        repeat {
            prefix.append(UInt8(length & 0x7F) | (length > 0x7F ? 0x80 : 0))
            length >>= 7
        } while length > 0
        return prefix + body
    }

    /// Each of 64 layers would keep 2 MB of its own.
    @Test func weightsAreTakenFromTheBudget() throws {
        let kernel = RawONNX.tensor("w", [1024, 512, 1], raw: [UInt8](repeating: 1, count: 4 * 1024 * 512))
        let layers = (0..<64).flatMap { RawONNX.node("Conv", ["x", "w"], "y\($0)") }
        let error = #expect(throws: CheckpointError.self) {
            try SileroVAD(onnx: Data(RawONNX.file(kernel, layers)))
        }
        #expect(error?.code == .overBudget && error?.reason.contains("memory") == true)
    }

    /// Rows without elements, more than can be counted together.
    @Test func emptyRowsAreNotAddedUp() throws {
        let empty = RawONNX.tensor("w", [.max, 0], raw: [])
        let node = RawONNX.node("Concat", ["w", "w"], "v", attributes: RawONNX.attribute("axis", 0))
        let layer = RawONNX.node("Conv", ["x", "v"], "y")
        let error = #expect(throws: CheckpointError.self) {
            try SileroVAD(onnx: Data(RawONNX.file(empty, node, layer)))
        }
        #expect(error?.code == .unsupported)
    }
}
