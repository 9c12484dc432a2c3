public import OmniCore

/// A codec that plays code `c` as a frame of samples `c`, one frame late.
public struct ScriptedCodec: SpeechCodec {
    public var outputSampleRate: Int
    /// Samples that a frame lasts.
    public var samplesPerFrame: Int
    /// A code that cannot be decoded.
    public var forbiddenCode: Int32?
    /// Whether it has a thread to spare.
    public var isConcurrent: Bool
    /// Lets one frame through for each permission.
    public var gate: StepGate?

    /// Plays at a rate; a frame lasts 0.1 s unless said otherwise.
    public init(
        outputSampleRate: Int = 1000, samplesPerFrame: Int = 100, forbiddenCode: Int32? = nil,
        isConcurrent: Bool = false, gate: StepGate? = nil
    ) {
        self.outputSampleRate = outputSampleRate
        self.samplesPerFrame = samplesPerFrame
        self.forbiddenCode = forbiddenCode
        self.isConcurrent = isConcurrent
        self.gate = gate
    }

    public func makeStream() -> ScriptedCodecStream { ScriptedCodecStream(codec: self) }

    public func makeConcurrentStream() -> ScriptedCodecStream? { isConcurrent ? makeStream() : nil }
}

/// One stream of a ``ScriptedCodec``.
public struct ScriptedCodecStream: SpeechCodecStream {
    let codec: ScriptedCodec
    private var held: AudioChunk?

    init(codec: ScriptedCodec) { self.codec = codec }

    public mutating func push(_ frame: CodeFrame) throws -> AudioChunk? {
        try codec.gate?.pass()
        guard frame[0] != codec.forbiddenCode else { throw ScriptedError("code \(frame[0])") }
        let samples = Array(repeating: Float(frame[0]), count: codec.samplesPerFrame)
        defer { held = AudioChunk(samples, sampleRate: codec.outputSampleRate) }
        return held
    }

    public mutating func finish() -> AudioChunk? {
        defer { held = nil }
        return held
    }
}
