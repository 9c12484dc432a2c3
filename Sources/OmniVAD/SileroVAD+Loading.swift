public import Foundation
internal import OmniFormats
public import OmniTensor

extension SileroVAD {
    /// Opens a published file: `silero_vad.onnx` of version 4, 5 or 6, or version 5 or 6 in safetensors, or the same
    /// tensors in a file of PyTorch. Which it is, its contents tell.
    ///
    /// - Parameters:
    ///   - url: the file.
    ///   - sampleRate: 16000 or 8000 Hz; ONNX files hold a network for each.
    ///   - windowSampleCount: version 4 takes 512, 1024 or 1536 samples at 16 kHz and 256, 512 or 768 at 8 kHz, the
    ///     middle one by default; versions 5 and 6 take 512 or 256.
    ///   - engine: what to compute with; `nil` for a `NativeEngine` with a thread for each core.
    ///   - precision: how precisely matrices are kept.
    /// - Throws: `CheckpointError`; `ComputeEngineError` for a precision that the engine has not.
    public static func load(
        from url: URL, sampleRate: Int = 16_000, windowSampleCount: Int? = nil,
        engine: (any ComputeEngine)? = nil, precision: WeightPrecision = .float32
    ) throws -> SileroVAD {
        guard sampleRate == 16_000 || sampleRate == 8000 else {
            throw CheckpointError(
                .noSuchVariant, file: url.path, reason: "Silero listens at 8000 or 16000 Hz, not at \(sampleRate) Hz"
            )
        }
        let blueprint: SileroBlueprint
        let start = try start(of: url)
        if let explanation = MistakenFile.explanation(of: start) {
            throw CheckpointError(.malformed, file: url.path, reason: explanation)
        }
        if Self.isCheckpoint(start) {
            guard try !Checkpoint.isProgram(url) else {
                throw CheckpointError(
                    .unsupported, file: url.path,
                    reason: "this is a TorchScript program, which only PyTorch runs; use silero_vad.onnx or "
                        + "silero_vad_16k.safetensors of the package silero-vad")
            }
            blueprint = try SileroBlueprint(safetensors: Checkpoint(contentsOf: url), sampleRate: sampleRate)
        } else {
            let bytes = try ONNXFile.contents(of: url)
            blueprint = try SileroBlueprint(onnx: bytes, sampleRate: sampleRate, file: url.path)
        }
        return try SileroVAD(
            blueprint, windowSampleCount: windowSampleCount, engine: engine ?? NativeEngine(), precision: precision)
    }

    /// Reads the bytes of an ONNX file; `file` is for messages. Everything else as in
    /// ``load(from:sampleRate:windowSampleCount:engine:precision:)``.
    public init(
        onnx bytes: Data, sampleRate: Int = 16_000, windowSampleCount: Int? = nil,
        engine: (any ComputeEngine)? = nil, precision: WeightPrecision = .float32, file: String = "memory"
    ) throws {
        let blueprint = try SileroBlueprint(onnx: bytes, sampleRate: sampleRate, file: file)
        try self.init(
            blueprint, windowSampleCount: windowSampleCount, engine: engine ?? NativeEngine(), precision: precision)
    }

    init(
        _ blueprint: SileroBlueprint, windowSampleCount: Int?, engine: any ComputeEngine, precision: WeightPrecision
    ) throws {
        let sampleRate = blueprint.sampleRate
        switch blueprint.version {
        case .v4:
            let sizes = sampleRate == 16_000 ? [512, 1024, 1536] : [256, 512, 768]
            let size = windowSampleCount ?? sizes[1]
            try Self.require(size, among: sizes, sampleRate, file: blueprint.weights.file)
            let network = try SileroV4Network(
                blueprint, windowSampleCount: size, engine: engine, precision: precision)
            self.init(version: .v4, sampleRate: sampleRate, windowSampleCount: size, network: network)
        case .v5:
            let network = try SileroV5Network(blueprint, engine: engine, precision: precision)
            let size = network.windowSampleCount
            try Self.require(windowSampleCount ?? size, among: [size], sampleRate, file: blueprint.weights.file)
            self.init(version: .v5, sampleRate: sampleRate, windowSampleCount: size, network: network)
        }
    }

    private static func require(_ size: Int, among sizes: [Int], _ sampleRate: Int, file: String) throws {
        guard !sizes.contains(size) else { return }
        throw CheckpointError(
            .noSuchVariant, file: file,
            reason: "the network takes windows of \(sizes.map(String.init).joined(separator: ", ")) samples at "
                + "\(sampleRate) Hz, not of \(size)")
    }

    /// The first bytes of a file, which tell what it is.
    private static func start(of url: URL) throws -> Data {
        try ONNXFile.requireRegularFile(url)
        guard let handle = try? FileHandle(forReadingFrom: url),
            let start = try? handle.read(upToCount: MistakenFile.startByteCount) ?? Data()
        else { throw CheckpointError(.unreadable, file: url.path, reason: "the file cannot be opened") }
        return start
    }

    /// Whether a file starts as those of PyTorch and safetensors do. ONNX starts with the number of its version.
    private static func isCheckpoint(_ start: Data) -> Bool {
        // A safetensors file starts with the length of its header, which is a JSON object.
        if start.dropFirst(8).first == UInt8(ascii: "{") { return true }
        return start.starts(with: "PK".utf8) || start.first == 0x80
    }
}
