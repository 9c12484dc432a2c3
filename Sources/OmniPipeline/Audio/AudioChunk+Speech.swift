public import OmniCore

extension AudioChunk {
    /// The shortest recording that can hold a word.
    public static let minimumSpeechDuration = Duration.milliseconds(100)

    /// Requires a recording in which something can have been said. A model that is asked to write down another one, or
    /// to answer it, invents what was said.
    ///
    /// - Throws: `AudioInputError.tooShort`, `AudioInputError.silent`.
    public func requireSpeech() throws(AudioInputError) {
        guard duration >= Self.minimumSpeechDuration else {
            throw .tooShort(duration, minimum: Self.minimumSpeechDuration)
        }
        guard let first = samples.first, samples.contains(where: { $0 != first }) else { throw .silent(duration) }
    }
}
