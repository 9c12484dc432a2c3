import OmniWhisper

extension SmartTurn {
    /// ``SmartTurn/turnEndProbability(of:)`` of an array.
    func probability(_ samples: [Float]) throws -> Float { try turnEndProbability(of: samples.span) }
}
