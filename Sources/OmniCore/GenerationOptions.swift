/// How tokens are chosen, and how many.
public struct GenerationOptions: Sendable, Hashable {
    /// Keeps the `topK` largest logits before anything else; `nil` keeps all. 1 is greedy.
    public var topK: Int?
    /// Divides the logits after top-k. 0 leaves them as they are, as in the reference: greedy is a ``topK`` of 1.
    public var temperature: Float
    /// Keeps the smallest set of tokens whose probability reaches `topP`, in `0...1`; 0 is greedy, 1 keeps all.
    public var topP: Float
    /// Positions the conversation may take, prompt included.
    public var maximumPositionCount: Int
    /// Steps that may be taken after the prompt, whichever of the two limits comes first; `nil` for no limit of its
    /// own.
    public var maximumStepCount: Int?
    /// Two generations with the same seed, prompt and options choose the same tokens.
    public var seed: UInt64

    /// The reference's defaults.
    public init(
        topK: Int? = 1, temperature: Float = 0.9, topP: Float = 1, maximumPositionCount: Int = 2_048,
        maximumStepCount: Int? = nil, seed: UInt64 = 0
    ) {
        self.topK = topK
        self.temperature = temperature
        self.topP = topP
        self.maximumPositionCount = maximumPositionCount
        self.maximumStepCount = maximumStepCount
        self.seed = seed
    }
}
