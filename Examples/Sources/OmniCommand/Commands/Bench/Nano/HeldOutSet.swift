import Foundation

/// Recordings that the bundled model never heard, with what is asked in them and what it should answer.
struct HeldOutSet {
    enum Name: String, CaseIterable {
        /// Questions like those of training, by other voices.
        case voices
        /// The same, with noise 10 dB below the speech.
        case noise
        /// Phrasings, problems and combinations that are not in training, by other voices.
        case phrasings
        /// Questions about what the model does not know.
        case unknown
        /// Questions like those of training in a natural voice that training never hears.
        case natural
        /// The same with noise at 10 dB, in a room, or through a telephone, a third each.
        case naturalNoise = "natural-noise"
        /// Questions about what the model does not know in that voice.
        case naturalUnknown = "natural-unknown"
    }

    struct Entry: Decodable {
        let file: String
        let question: String
        let answer: String
    }

    let name: Name
    let folder: URL
    let entries: [Entry]

    /// Reads the index of a set; `count` takes entries from all over it.
    init(_ name: Name, in parent: URL, count: Int?) throws {
        self.name = name
        folder = parent.appending(path: name.rawValue)
        let index = folder.appending(path: "index.json").path
        let all = try InputFile.json(index, as: [Entry].self, expecting: "an index of held-out recordings")
        guard let count, count < all.count else {
            entries = all
            return
        }
        entries = (0..<count).map { all[$0 * all.count / count] }
    }

    func path(of entry: Entry) -> String { folder.appending(path: entry.file).path }
}
