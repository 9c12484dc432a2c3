import Foundation
import OmniTensor
import OmniTesting
import TestSupport
import Testing

/// Weights in a file as the kernels have them.
@Suite struct PackedCheckpointTests {
    private let engine = NativeEngine.forTests

    /// Extents that fill neither panels nor steps, beside a tensor of three floats, which would push them off their
    /// lines.
    private static let names: [(name: String, shape: Shape, hasBias: Bool)] = [
        ("wide.weight", [37, 70], true), ("tall.weight", [100, 9], false), ("small.weight", [1, 1], true),
    ]

    /// What a model of these matrices reads from a scope.
    private func matrices(
        _ weights: WeightScope, _ precision: WeightPrecision, engine: (any ComputeEngine)? = nil
    ) throws -> [any PackedMatrix] {
        _ = try weights.tensor("norm", [3])
        return try Self.names.map { name, shape, hasBias in
            let scope = weights.scope(String(name.prefix { $0 != "." }))
            let wanted = WantedMatrix("weight", shape, bias: hasBias)
            return try scope.matrix(wanted, engine: engine ?? self.engine, precision: precision) { scope in
                (try scope.tensor("weight", shape), hasBias ? try scope.tensor("bias", [shape[0]]) : nil)
            }
        }
    }

    private func published() -> WeightScope {
        var noise = Noise(seed: 11)
        var tensors = ["norm": noise.tensor([3])]
        for (name, shape, hasBias) in Self.names {
            tensors[name] = noise.tensor(shape)
            if hasBias { tensors[name.replacing("weight", with: "bias")] = noise.tensor([shape[0]]) }
        }
        return WeightScope(InMemoryTensors(tensors))
    }

    private func packed(_ precision: WeightPrecision) throws -> [UInt8] {
        try withTemporaryFile { url in
            let weights = published()
            _ = try matrices(weights, precision)
            try PackedCheckpointWriter.write(weights, precision: precision, to: url)
            return try Array(Data(contentsOf: url))
        }
    }

    /// Three rows through a matrix.
    private func product(_ matrix: any PackedMatrix) -> [Float] {
        var noise = Noise(seed: 12)
        let x: Tensor<Float> = noise.tensor([3, matrix.inputWidth])
        var y = Tensor<Float>(zeros: [3, matrix.outputWidth])
        var span = y.mutableSpan
        engine.multiply(
            RowView(x.span, width: matrix.inputWidth), by: matrix, accumulating: false, into: &span)
        return y.scalars
    }

    @Test(arguments: WeightPrecision.all) func aFileGivesTheSameBitsAsPacking(_ precision: WeightPrecision) throws {
        let expected = try matrices(published(), precision)
        let file = try checkpoint(packed(precision))
        #expect(try file.packedPrecision() == precision)
        #expect(Set(file.packedMatrices.keys) == Set(Self.names.map(\.name)))
        #expect(file.entries.count == Self.names.count + 1, "a bias lies with its matrix")
        let weights = WeightScope(file)
        let opened = try matrices(weights, .float32)
        try weights.requireAllRead()
        for (a, b) in zip(expected, opened) {
            #expect(b.precision == precision, "a file's precision is its own")
            #expect(product(a) == product(b))
            #expect(a.byteCount == b.byteCount)
        }
        let norm = try file.floats("norm")
        #expect(try published().tensor("norm", [3]) == norm)
    }

    /// A packed file that is packed again is the same file.
    @Test func packingIsStable() throws {
        let bytes = try packed(.int4)
        let again = try withTemporaryFile { url in
            let weights = WeightScope(try checkpoint(bytes))
            _ = try matrices(weights, .int4)
            try PackedCheckpointWriter.write(weights, precision: .int4, to: url)
            return try Array(Data(contentsOf: url))
        }
        #expect(again == bytes)
    }

    @Test func otherEnginesSayThatTheyCannot() throws {
        let file = try checkpoint(packed(.int8))
        #expect(throws: ComputeEngineError.cannotOpenPackedWeights(engine: "blas")) {
            try matrices(WeightScope(file), .float32, engine: BLASEngine())
        }
    }

    @Test func aMatrixOfOtherExtentsIsRefused() throws {
        let weights = WeightScope(try checkpoint(packed(.int8))).scope("wide")
        for wanted in [WantedMatrix("weight", [37, 71], bias: true), WantedMatrix("weight", [37, 70], bias: false)] {
            let error = try #require(throws: CheckpointError.self) {
                try weights.matrix(wanted, engine: engine, precision: .int8) { _ in
                    (Tensor(zeros: wanted.shape), nil)
                }
            }
            #expect(error.code == .shapeMismatch && error.tensor == "wide.weight")
        }
    }

    @Test func publishedFilesAreNotPacked() throws {
        let file = try withTemporaryFile { url in
            try SafetensorsWriter.write(["a": WritableTensor(Tensor<Float>(zeros: [4]))], to: url)
            return try Checkpoint(contentsOf: url)
        }
        #expect(file.packedMatrices.isEmpty)
        #expect(try file.packedPrecision() == nil)
        #expect(try file.matrix("a") == nil)
    }

    // MARK: Files that lie

    private let layout = "omni panels 1"

    /// A file of one tensor of bytes that the metadata describe.
    private func file(_ description: String, layout: String, byteCount: Int, after padding: Int = 0) throws {
        let data = [UInt8](repeating: 0, count: padding + byteCount)
        let header = """
            {"__metadata__":{"omni.layout":"\(layout)","omni.precision":"int8","omni.matrix.m":"\(description)"},\
            "a":{"dtype":"U8","shape":[\(padding)],"data_offsets":[0,\(padding)]},\
            "m":{"dtype":"U8","shape":[\(byteCount)],"data_offsets":[\(padding),\(data.count)]}}
            """
        var bytes = Array(header.utf8)
        while !(8 + bytes.count).isMultiple(of: 64) { bytes.append(0x20) }
        let length = unsafe withUnsafeBytes(of: UInt64(bytes.count).littleEndian) { unsafe Array($0) }
        _ = try checkpoint(length + bytes + data)
    }

    @Test func whatTheFileSaysMustFitItsBytes() throws {
        // Two panels of one step of 64 columns each, and a bias.
        try file("int8 20x64 bias", layout: layout, byteCount: 2 * 1088 + 128)
        func refused(_ code: CheckpointError.Code, _ body: () throws -> Void) {
            let error = #expect(throws: CheckpointError.self) { try body() }
            #expect(error?.code == code)
        }
        refused(.unsupported) { try file("int8 20x64 bias", layout: "omni panels 99", byteCount: 2 * 1088 + 128) }
        for byteCount in [0, 2 * 1088, 2 * 1088 + 127, 2 * 1088 + 192] {
            refused(.malformed) { try file("int8 20x64 bias", layout: layout, byteCount: byteCount) }
        }
        refused(.malformed) { try file("int8 20x64 bias", layout: layout, byteCount: 2 * 1088 + 128, after: 4) }
        let lies = [
            "", "int8", "int8 20", "int9 20x64", "int8 20x64x1", "int8 -20x64", "int8 +20x64", "int8 020x64",
            "int8 20x64 biased", "int8 20x64 bias ", "int8 0x64", "int8 20x0", "int8 9223372036854775807x64",
            "int8 4611686018427387904x4", "int8 2147483647x2147483647", "float32 2147483647x131072",
        ]
        for lie in lies { refused(.malformed) { try file(lie, layout: layout, byteCount: 2 * 1088 + 128) } }
    }
}
