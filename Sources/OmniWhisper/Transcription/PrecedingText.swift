/// The text before a window: the initial prompt and what has been written. A part of it is put in front of the window.
struct PrecedingText {
    /// The initial prompt, then all that has been written.
    private var tokens: [Int]
    private let initialCount: Int
    /// Tokens that are not put in front of a window any more.
    private var forgottenCount = 0
    private let carriesInitialPrompt: Bool
    private let contextLength: Int

    /// - Parameter contextLength: of the decoder.
    init(_ settings: WhisperSettings, _ vocabulary: WhisperVocabulary, contextLength: Int) {
        tokens = settings.initialPrompt.map { vocabulary.encode(" " + $0.trimmingBlanks()) } ?? []
        initialCount = tokens.count
        carriesInitialPrompt = settings.carriesInitialPrompt
        self.contextLength = contextLength
    }

    /// What has been written.
    var written: ArraySlice<Int> { tokens[initialCount...] }

    /// What is put in front of the next window; of too much only the end is read.
    var prompt: [Int] {
        guard carriesInitialPrompt else { return Array(tokens[forgottenCount...]) }
        let room = contextLength / 2 - 1 - initialCount
        let recent = tokens[max(initialCount, forgottenCount)...]
        // The reference takes all of it when there is no room at all.
        let kept = room == 0 ? recent : room > 0 ? recent.suffix(room) : recent.dropFirst(-room)
        return Array(tokens[..<initialCount]) + kept
    }

    /// Adds what was written for a window, which is put in front of later ones when `isRemembered`.
    mutating func append(_ written: some Sequence<Int>, isRemembered: Bool) {
        tokens += written
        if !isRemembered { forgottenCount = tokens.count }
    }
}
