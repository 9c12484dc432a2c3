/// What a reply says, and when in its audio: the text runs ahead of the audio, and of a reply that was cut short
/// only a part was heard.
struct SpokenScript: Sendable {
    private var lines: [(text: String, place: Duration)] = []

    /// Adds text that is spoken `place` after the beginning of the audio.
    mutating func append(_ text: String, at place: Duration) { lines.append((text, place)) }

    /// The text whose audio had begun when `duration` of it was heard.
    func text(heard duration: Duration) -> String {
        lines.lazy.filter { $0.place < duration }.map(\.text).joined()
    }
}
