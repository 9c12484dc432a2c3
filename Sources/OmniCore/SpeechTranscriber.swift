/// What a transcriber is asked.
public struct TranscriptionOptions: Sendable, Hashable {
    /// What is written.
    public var task: TranscriptionTask
    /// The code or name of the language that is spoken; `nil` to find it out.
    public var language: String?
    /// Text that might have come before: names and terms are spelt as in it.
    public var prompt: String?
    /// 0 writes what is most probable; above, tokens are drawn. `nil` for the transcriber's own choice.
    public var temperature: Float?
    /// Whether words get times of their own.
    public var hasWordTimes: Bool

    /// A transcript in the language that is spoken.
    public init(
        task: TranscriptionTask = .transcribe, language: String? = nil, prompt: String? = nil,
        temperature: Float? = nil, hasWordTimes: Bool = false
    ) {
        self.task = task
        self.language = language
        self.prompt = prompt
        self.temperature = temperature
        self.hasWordTimes = hasWordTimes
    }
}

/// Writes down what is said.
public protocol SpeechTranscriber: Sendable {
    /// One utterance while it is spoken.
    associatedtype Stream: TranscriptionStream

    /// The rate of the audio, in Hz. The caller resamples.
    var inputSampleRate: Int { get }

    /// Writes down audio of any length.
    ///
    /// - Throws: ``AudioInputError/wrongSampleRate(expected:found:)``, ``AudioInputError/notFinite(sampleIndex:)``, or
    ///   an error of the transcriber's for an option that it cannot follow.
    func transcribe(_ audio: AudioChunk, _ options: TranscriptionOptions) throws -> Transcript

    /// Writes down audio of any length, unless the caller stops the work.
    ///
    /// The transcriber calls `isStopped` between parts of the work; when that returns `true` the work ends. The default
    /// calls it once, before ``transcribe(_:_:)``.
    ///
    /// - Returns: `nil` when the caller stopped the work.
    /// - Throws: as ``transcribe(_:_:)``.
    func transcribe(
        _ audio: AudioChunk, _ options: TranscriptionOptions, unless isStopped: () -> Bool
    ) throws -> Transcript?

    /// A stream at sample 0.
    ///
    /// - Throws: for an option that the transcriber cannot follow.
    func makeStream(_ options: TranscriptionOptions) throws -> Stream
}

extension SpeechTranscriber {
    public func transcribe(
        _ audio: AudioChunk, _ options: TranscriptionOptions, unless isStopped: () -> Bool
    ) throws -> Transcript? {
        isStopped() ? nil : try transcribe(audio, options)
    }
}

/// What is known of an utterance while it is spoken.
public struct PartialTranscript: Sendable, Hashable {
    /// Text that will not change.
    public var final: String
    /// Text behind it that may.
    public var tentative: String

    /// Bundles the parts.
    public init(final: String, tentative: String) {
        self.final = final
        self.tentative = tentative
    }
}

/// One utterance while it is spoken.
public protocol TranscriptionStream: Sendable {
    /// Takes the next samples, at the transcriber's rate.
    ///
    /// - Returns: what is known now, when that has been worked out anew; `nil` otherwise.
    mutating func push(_ samples: Span<Float>) throws -> PartialTranscript?

    /// Writes down everything that was pushed. What was final before is the beginning of its text.
    mutating func finish() throws -> Transcript
}

/// What a transcriber writes.
public enum TranscriptionTask: String, Sendable, Hashable, CaseIterable, Codable {
    /// What was said, in its language.
    case transcribe
    /// What was said, in English.
    case translate
}
