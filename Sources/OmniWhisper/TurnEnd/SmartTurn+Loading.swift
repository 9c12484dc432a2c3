public import Foundation
public import OmniTensor

extension SmartTurn {
    /// Opens a published file, such as `smart-turn-v3.2-cpu.onnx`: weights of 8 bits, which are made floats again, or
    /// floats.
    ///
    /// - Parameters:
    ///   - url: the file.
    ///   - engine: what to compute with; `nil` for a `NativeEngine` with a thread for each core.
    ///   - precision: how precisely matrices are kept.
    /// - Throws: `CheckpointError`; `ComputeEngineError` for a precision that the engine has not.
    public static func load(
        from url: URL, engine: (any ComputeEngine)? = nil, precision: WeightPrecision = .float32
    ) throws -> SmartTurn {
        try SmartTurn(
            onnx: ONNXFile.contents(of: url), engine: engine, precision: precision, file: url.path)
    }

    /// Reads the bytes of an ONNX file; `file` is for messages. Everything else as in
    /// ``load(from:engine:precision:)``.
    public init(
        onnx bytes: Data, engine: (any ComputeEngine)? = nil, precision: WeightPrecision = .float32,
        file: String = "memory"
    ) throws {
        let model = try ONNXFile.read(
            bytes, of: file, largestByteCount: Self.largestByteCount, as: "a Smart Turn network")
        var graph = SmartTurnGraph(model, fileByteCount: bytes.count, file: file)
        try self.init(graph.weights(), engine: engine ?? NativeEngine(), precision: precision)
    }

    /// The published file has 9 MB, one with floats 32 MB.
    private static var largestByteCount: Int { 64 << 20 }
}
