/// Judges from the audio of a turn whether its speaker has finished.
public protocol TurnEndModel: Sendable {
    /// The rate of the audio, in Hz. The caller resamples.
    var sampleRate: Int { get }
    /// Samples that the model looks at; of longer audio it takes the last ones.
    var maximumSampleCount: Int { get }

    /// The probability that the turn is over, in `0...1`.
    ///
    /// - Parameter samples: the audio of the turn up to now, with the pause at its end.
    /// - Throws: ``AudioInputError/notFinite(sampleIndex:)``, ``AudioInputError/tooLoud(sampleIndices:)``.
    func turnEndProbability(of samples: Span<Float>) throws -> Float
}
