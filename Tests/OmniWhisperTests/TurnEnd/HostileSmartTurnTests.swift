import Foundation
import OmniCore
import OmniTensor
import OmniTesting
import OmniWhisper
import TestSupport
import Testing

/// Files that are damaged, or that lie.
@Suite struct HostileSmartTurnTests {
    /// What is loaded must also compute; what is not must say why.
    private func attempt(_ bytes: [UInt8]) throws -> Bool {
        do {
            let model = try SmartTurn(onnx: Data(bytes))
            _ = try model.probability([Float](repeating: 0.1, count: 3000))
            return true
        } catch let error as AudioInputError {
            #expect(!error.description.isEmpty)
        } catch let error as CheckpointError {
            #expect(!error.description.isEmpty)
        }
        return false
    }

    /// Offsets outside the runs of bytes that are weights: those within 64 bytes of text.
    private func structuralOffsets(_ bytes: [UInt8]) -> [Int] {
        var offsets: [Int] = []
        var (lastText, run) = (-1000, 0)
        for (offset, byte) in bytes.enumerated() {
            run = (UInt8(ascii: "A")...UInt8(ascii: "z")).contains(byte) ? run + 1 : 0
            if run >= 4 { lastText = offset }
            if offset - lastText < 64 { offsets.append(offset) }
        }
        return offsets
    }

    @Test(arguments: ["int8", "float"]) func survivesMutations(_ name: String) throws {
        let original = try [UInt8](Fixture.data("smart_turn/\(name).onnx"))
        #expect(try attempt(original))
        let structure = structuralOffsets(original)
        var noise = Noise(seed: 61)
        var refusedCount = 0
        for _ in 0..<400 {
            var bytes = original
            for _ in 0..<Int.random(in: 1...4, using: &noise) {
                let offset = structure[Int.random(in: 0..<structure.count, using: &noise)]
                bytes[offset] = Bool.random(using: &noise) ? .random(in: 0...255, using: &noise) : 0xFF
            }
            if try !attempt(bytes) { refusedCount += 1 }
        }
        #expect(refusedCount > 100)
    }

    @Test(arguments: ["int8", "float"]) func survivesTruncation(_ name: String) throws {
        let original = try [UInt8](Fixture.data("smart_turn/\(name).onnx"))
        var noise = Noise(seed: 62)
        for count in (0..<40) + (0..<100).map({ _ in Int.random(in: 0..<original.count, using: &noise) }) {
            #expect(try !attempt(Array(original.prefix(count))), "\(count) bytes")
        }
    }

    /// A network is refused as a whole, whichever of its operations is another one of the same length.
    @Test(arguments: [
        ("Tanh", "Sinh"), ("Softmax", "Hardmax"), ("Erf", "Abs"), ("Transpose", "Transpoze"), ("Sigmoid", "Sigmoit"),
        ("ReduceSum", "ReduceMax"), ("Gemm", "Gems"), ("LayerNormalization", "LayerNormalizatiom"), ("Conv", "Cong"),
    ])
    func refusesOtherOperations(_ names: (String, String)) throws {
        let data = try Fixture.data("smart_turn/int8.onnx")
        // The name of an operation is field 4 of its node, with its length before it.
        let old = [0x22, UInt8(names.0.utf8.count)] + Array(names.0.utf8)
        let new = [0x22, UInt8(names.0.utf8.count)] + Array(names.1.utf8)
        var count = 0
        var start = data.startIndex
        while let range = data.range(of: Data(old), in: start..<data.endIndex) {
            // One at a time, so that each place is seen to matter.
            var changed = data
            changed.replaceSubrange(range, with: new)
            let error = #expect(throws: CheckpointError.self) { try SmartTurn(onnx: changed) }
            #expect(error?.code == .unknownNetwork)
            start = range.upperBound
            count += 1
        }
        #expect(count > 0)
    }

    @Test func refusesNetworksOfOtherKinds() throws {
        for name in ["v4", "v5"] {
            let error = #expect(throws: CheckpointError.self) {
                try SmartTurn.load(from: Fixture.url("vad/synthetic/\(name).onnx"))
            }
            #expect(error?.code == .unknownNetwork)
        }
        let error = #expect(throws: CheckpointError.self) {
            try SmartTurn.load(from: Fixture.url("vad/vad_20s_16k.wav"))
        }
        #expect(error?.code == .malformed)
    }

    @Test func refusesFilesThatAreTooLargeOrMissing() throws {
        let large = #expect(throws: CheckpointError.self) { try SmartTurn(onnx: Data(repeating: 8, count: 65 << 20)) }
        #expect(large?.code == .overBudget)
        let missing = #expect(throws: CheckpointError.self) {
            try SmartTurn.load(from: Fixture.url("smart_turn/missing.onnx"))
        }
        #expect(missing?.code == .unreadable)
        let folder = #expect(throws: CheckpointError.self) {
            try SmartTurn.load(from: Fixture.url("smart_turn"))
        }
        #expect(folder?.code == .unreadable)
    }

    private func error(of file: [UInt8]) throws -> CheckpointError {
        try #require(throws: CheckpointError.self) { try SmartTurn(onnx: Data(file)) }
    }

    private func products(_ count: Int, of matrix: String = "w") -> [UInt8] {
        (0..<count).flatMap { RawONNX.node("MatMul", ["x", matrix], "y\($0)") }
    }

    /// Each of 500 layers would keep 2 MB of its own.
    @Test(arguments: ["MatMul", "Gemm"]) func weightsAreTakenFromTheBudget(_ operation: String) throws {
        let matrix = RawONNX.tensor("w", [1024, 512], raw: [UInt8](repeating: 1, count: 4 * 1024 * 512))
        let bias = RawONNX.tensor("b", [512], raw: [UInt8](repeating: 1, count: 4 * 512))
        let layers = (0..<500).flatMap { RawONNX.node(operation, ["x", "w", "b"], "y\($0)") }
        let error = try error(of: RawONNX.file(matrix, bias, layers))
        #expect(error.code == .overBudget && error.reason.contains("memory"), "\(error)")
    }

    /// A million scales for one integer, which are no reason to convert them for each product.
    @Test func scalesThatDoNotFitAreNotConverted() throws {
        let integer = RawONNX.tensor("i", [1], type: 3, raw: [1])
        let scales = RawONNX.tensor("s", [1 << 20], raw: [UInt8](repeating: 1, count: 4 << 20))
        let points = RawONNX.tensor("z", [1 << 20], type: 3, raw: [UInt8](repeating: 1, count: 1 << 20))
        for inputs in [["i", "s"], ["i", "i", "z"]] {
            let node = RawONNX.node("DequantizeLinear", inputs, "w")
            let file = RawONNX.file(integer, scales, points, node, products(4000))
            let time = try processorTime {
                let code = try error(of: file).code
                #expect(code == .unknownNetwork)
            }
            #expect(time < .seconds(1))
        }
    }

    /// What a node has many of is looked through each time that a product names it.
    @Test func attributesAreTakenFromTheBudget() throws {
        let attributes = (0..<25_000).flatMap { _ in [0x2a, 0] as [UInt8] }
        let node = RawONNX.node("Transpose", ["v"], "w", attributes: attributes)
        let error = try error(of: RawONNX.file(node, products(20_000)))
        #expect(error.code == .overBudget && error.reason.contains("work"), "\(error)")
    }

    /// Extents are multiplied before their number of elements is found wrong.
    @Test func tensorsHaveFewDimensions() throws {
        let extents = [Int](repeating: 1, count: 100_000)
        let file = RawONNX.file(RawONNX.tensor("w", extents, raw: [UInt8](repeating: 0, count: 8)), products(10_000))
        let time = try processorTime {
            let code = try error(of: file).code
            #expect(code == .unknownNetwork)
        }
        #expect(time < .seconds(1))
    }

    @Test func readersOfValuesAreTakenFromTheBudget() throws {
        let node = RawONNX.node("Sum", (0..<250_000).map { String($0, radix: 36) }, "y")
        let error = try error(of: RawONNX.file(node))
        #expect(error.code == .overBudget && error.reason.contains("memory"), "\(error)")
    }

    @Test func namesAreShort() throws {
        let isLong = RawONNX.file(RawONNX.node("Identity", [String(repeating: "n", count: 1025)], "w"))
        #expect(try error(of: isLong).code == .malformed)
        let hasMarks = RawONNX.file(RawONNX.node("Identity", ["n" + String(repeating: "\u{301}", count: 31)], "w"))
        #expect(try error(of: hasMarks).code == .malformed)
        let isShort = RawONNX.file(RawONNX.node("Identity", ["n" + String(repeating: "\u{301}", count: 30)], "w"))
        #expect(try error(of: isShort).code == .unknownNetwork)
    }
}
