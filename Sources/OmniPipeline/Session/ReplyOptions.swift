public import OmniCore

/// How a session answers.
public struct ReplyOptions: Sendable, Hashable {
    /// How tokens are chosen, and how many.
    public var generation: GenerationOptions
    /// How far generation may run ahead of the consumer: when this much audio waits in the stream, the next step waits
    /// as well. The default is generous, for a consumer that collects; a live player wants a second or two.
    public var maximumBufferedAudio: Duration

    /// Greedy, and up to a minute ahead.
    public init(generation: GenerationOptions = GenerationOptions(), maximumBufferedAudio: Duration = .seconds(60)) {
        self.generation = generation
        self.maximumBufferedAudio = maximumBufferedAudio
    }
}
