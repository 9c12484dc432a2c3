public import OmniCore

/// Turns staggered streams into whole codec frames: audio stream `i` runs `i + 1` steps behind the text, so frame `f`
/// is made of the tokens that stream `i` chose at step `f + i + 1`.
public struct DelayPattern: Sendable {
    /// Steps taken.
    public private(set) var stepCount = 0
    private let specialBase: Int32
    // The last seven steps: newest last.
    private var recent: [PositionTokens] = []

    /// - Parameter special: codes end where its audio tokens begin.
    public init(_ special: SpecialTokens) {
        specialBase = special.audioBase
        recent.reserveCapacity(VocabularyLayout.audioStreamCount)
    }

    /// Takes the tokens of the next step, and returns the frame that they complete: none in the first seven steps.
    ///
    /// A special token stands for no audio. Where a stream chose one, the frame has no such code; the reference's codec
    /// fails there, ours hears code 0.
    public mutating func push(_ tokens: PositionTokens) -> CodeFrame? {
        if recent.count == VocabularyLayout.audioStreamCount { recent.removeFirst() }
        recent.append(tokens)
        stepCount += 1
        guard stepCount > VocabularyLayout.audioStreamCount else { return nil }
        var codes = SIMD8<Int32>.zero
        for stream in 0..<VocabularyLayout.audioStreamCount { codes[stream] = code(stream: stream) }
        return CodeFrame(codes, count: VocabularyLayout.audioStreamCount)
    }

    private func code(stream: Int) -> Int32 {
        let token = recent[stream][audio: stream]
        return token < specialBase ? token : 0
    }
}
