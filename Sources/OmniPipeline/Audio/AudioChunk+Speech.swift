public import OmniCore

/// A recording in which nothing can have been said. A model that is asked to write down such a recording, or to answer
/// it, invents what was said.
public enum SpeechlessAudioError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Shorter than any word.
    case tooShort(Duration, minimum: Duration)
    /// All samples are equal.
    case silent(Duration)

    public var description: String {
        switch self {
        case .tooShort(let duration, let minimum):
            "the audio is too short: \(Self.milliseconds(duration)) ms, at least \(Self.milliseconds(minimum)) are needed"
        case .silent(let duration):
            "the audio is silent: all samples of its \(Self.milliseconds(duration)) ms are equal"
        }
    }

    private static func milliseconds(_ duration: Duration) -> Int { Int(duration / .milliseconds(1)) }
}

extension AudioChunk {
    /// The shortest recording that can hold a word.
    public static let minimumSpeechDuration = Duration.milliseconds(100)

    /// Throws when nothing can have been said in this recording.
    public func requireSpeech() throws(SpeechlessAudioError) {
        guard duration >= Self.minimumSpeechDuration else {
            throw .tooShort(duration, minimum: Self.minimumSpeechDuration)
        }
        guard let first = samples.first, samples.contains(where: { $0 != first }) else { throw .silent(duration) }
    }
}
