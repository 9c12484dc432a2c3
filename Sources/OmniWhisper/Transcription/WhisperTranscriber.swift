public import OmniCore

/// Writes down audio of any length with a Whisper model, as openai-whisper's `transcribe` does: windows of 30 s, each
/// of which starts where the last whole segment of the one before ended.
public struct WhisperTranscriber: SpeechTranscriber {
    /// The model.
    public var model: Whisper
    /// Its tokens.
    public let vocabulary: WhisperVocabulary
    /// What is done unless a caller asks otherwise.
    public var settings: WhisperSettings

    /// Puts the parts together.
    ///
    /// - Precondition: the vocabulary was made for this model.
    public init(_ model: Whisper, _ vocabulary: WhisperVocabulary, _ settings: WhisperSettings = WhisperSettings()) {
        let count = vocabulary.special.firstTimestamp + SpecialTokens.timestampCount
        precondition(
            count == model.decoder.configuration.vocabularyCount,
            "a vocabulary of \(count) for a model of \(model.decoder.configuration.vocabularyCount)")
        self.model = model
        self.vocabulary = vocabulary
        self.settings = settings
    }

    /// The rate that every Whisper model hears: 16 kHz.
    public static var sampleRate: Int { WhisperAudio.sampleRate }

    /// 16 kHz.
    public var inputSampleRate: Int { Self.sampleRate }

    public func transcribe(_ audio: AudioChunk, _ options: TranscriptionOptions) throws -> Transcript {
        try transcribe(SampleReader(audio), settings.following(options))
    }

    /// Calls `isStopped` before each window of 30 s.
    public func transcribe(
        _ audio: AudioChunk, _ options: TranscriptionOptions, unless isStopped: () -> Bool
    ) throws -> Transcript? {
        var run = try TranscriptionRun(self, SampleReader(audio), settings.following(options))
        repeat {
            if isStopped() { return nil }
        } while try run.advance() != nil
        return run.transcript
    }

    /// Writes down audio that is read piece by piece. Memory does not grow with its length, but for the text.
    ///
    /// - Parameters:
    ///   - reader: the audio.
    ///   - settings: how; `nil` for the transcriber's own.
    ///   - onProgress: called after each window. An error that it throws ends the work.
    /// - Throws: ``WhisperError``, and what reading throws.
    public func transcribe(
        _ reader: SampleReader, _ settings: WhisperSettings? = nil,
        onProgress: (TranscriptionProgress) throws -> Void = { _ in }
    ) throws -> Transcript {
        var run = try TranscriptionRun(self, reader, settings ?? self.settings)
        while let progress = try run.advance() { try onProgress(progress) }
        return run.transcript
    }
}

/// How far a transcription has come.
public struct TranscriptionProgress: Sendable, Hashable {
    /// Seconds of audio that have been listened to.
    public var position: Double
    /// Seconds of audio.
    public var duration: Double
    /// The code of the language.
    public var language: String
    /// What the last window added.
    public var segments: [TranscriptSegment]
}
