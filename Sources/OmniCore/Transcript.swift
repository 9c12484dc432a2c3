/// What was said in some audio, written down.
public struct Transcript: Sendable, Hashable {
    /// The text of all segments, one after another.
    public var text: String
    /// The code of the language that was spoken, as `en`.
    public var language: String
    /// Seconds of audio.
    public var duration: Double
    /// Sentences or parts of them, in the order of time.
    public var segments: [TranscriptSegment]

    /// Bundles the parts.
    public init(text: String, language: String, duration: Double, segments: [TranscriptSegment]) {
        self.text = text
        self.language = language
        self.duration = duration
        self.segments = segments
    }
}

/// A part of a transcript with its place in the audio.
public struct TranscriptSegment: Sendable, Hashable {
    /// Where it starts, in seconds.
    public var start: Double
    /// Where it ends, in seconds.
    public var end: Double
    /// Its text, with the space before it.
    public var text: String
    /// Its words; empty unless they were asked for.
    public var words: [TranscriptWord] = []
    /// Its tokens, timestamps among them.
    public var tokens: [TokenID] = []
    /// Frames of 10 ms before the window that it was found in.
    public var seek = 0
    /// The temperature that its tokens were chosen at.
    public var temperature: Float = 0
    /// The mean log probability of the window's tokens.
    public var averageLogProbability = 0.0
    /// Bytes of the window's text for each byte that zlib makes of it.
    public var compressionRatio = 0.0
    /// The probability that the window has no speech.
    public var noSpeechProbability: Float = 0

    /// A segment of known place and text.
    public init(start: Double, end: Double, text: String) {
        self.start = start
        self.end = end
        self.text = text
    }
}

/// A word with its place in the audio.
public struct TranscriptWord: Sendable, Hashable {
    /// The word, with the space before it and the punctuation around it.
    public var text: String
    /// Where it starts, in seconds.
    public var start: Double
    /// Where it ends, in seconds.
    public var end: Double
    /// The mean probability of its tokens.
    public var probability: Double

    /// Bundles the parts.
    public init(text: String, start: Double, end: Double, probability: Double) {
        self.text = text
        self.start = start
        self.end = end
        self.probability = probability
    }
}
