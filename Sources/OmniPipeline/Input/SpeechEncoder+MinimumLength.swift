import OmniCore

extension SpeechEncoder {
    /// Refuses an utterance that is too short to say something in.
    ///
    /// - Parameters:
    ///   - sampleCount: its samples, counted before they are resampled, which rounds.
    ///   - sampleRate: their rate, in Hz.
    /// - Throws: `AudioInputError.tooShort`.
    func requireLength(of sampleCount: Int, sampleRate: Int) throws(AudioInputError) {
        guard Double(sampleCount) * Double(inputSampleRate) >= Double(minimumSampleCount) * Double(sampleRate) else {
            throw .tooShort(
                .seconds(Double(sampleCount) / Double(sampleRate)),
                minimum: .seconds(Double(minimumSampleCount) / Double(inputSampleRate)))
        }
    }
}
