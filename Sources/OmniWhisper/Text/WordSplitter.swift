/// Cuts the tokens of a text into words, each a whole number of tokens.
struct WordSplitter {
    let vocabulary: WhisperVocabulary
    let language: WhisperLanguage

    /// A word with its tokens.
    struct Word {
        var text: String
        var tokens: [Int]
    }

    /// At spaces and punctuation; where a language is written without spaces, wherever a character ends.
    func words(_ tokens: [Int]) -> [Word] {
        let characters = characters(tokens)
        return language.isWrittenWithoutSpaces ? characters : joined(characters)
    }

    /// The shortest runs of tokens that are whole characters.
    private func characters(_ tokens: [Int]) -> [Word] {
        let whole = Array(vocabulary.decode(tokens).unicodeScalars)
        let replacement: Unicode.Scalar = "\u{FFFD}"
        var words: [Word] = []
        var current: [Int] = []
        var offset = 0
        for token in tokens {
            current.append(token)
            let text = vocabulary.decode(current)
            let scalars = Array(text.unicodeScalars)
            // Half a character decodes to a replacement character; the text itself may have some.
            if let place = scalars.firstIndex(of: replacement) {
                guard offset + place < whole.count, whole[offset + place] == replacement else { continue }
            }
            words.append(Word(text: text, tokens: current))
            offset += scalars.count
            current = []
        }
        return words
    }

    /// Pieces that neither start with a space nor are punctuation belong to the word before.
    private func joined(_ pieces: [Word]) -> [Word] {
        var words: [Word] = []
        for piece in pieces {
            let stripped = piece.text.trimmingBlanks()
            let startsWord = piece.text.unicodeScalars.first == " " || Self.isPunctuation(stripped) || words.isEmpty
            if startsWord {
                words.append(piece)
            } else {
                words[words.count - 1].text += piece.text
                words[words.count - 1].tokens += piece.tokens
            }
        }
        return words
    }

    private static let punctuation = ##"!"#$%&'()*+,-./:;<=>?@[\]^_`{|}~"##

    /// Whether a text is a run of ASCII's punctuation, in ASCII's order; so is an empty one.
    private static func isPunctuation(_ text: String) -> Bool { Self.punctuation.hasScalars(text) }
}

extension String {
    /// Whether `other` is a part of this text, scalar by scalar; the empty text is.
    func hasScalars(_ other: String) -> Bool {
        let (text, part) = (Array(unicodeScalars), Array(other.unicodeScalars))
        guard part.count <= text.count else { return false }
        return (0...text.count - part.count).contains { text[$0..<$0 + part.count].elementsEqual(part) }
    }
}

extension String {
    /// Without white space at both ends, as Python's `strip`.
    func trimmingBlanks() -> String {
        let scalars = unicodeScalars
        guard let first = scalars.firstIndex(where: { !$0.isBlank }),
            let last = scalars.lastIndex(where: { !$0.isBlank })
        else { return "" }
        return String(scalars[first...last])
    }
}

extension Unicode.Scalar {
    /// What Python's `strip` takes for white space: besides Unicode's, four separators of information.
    var isBlank: Bool { properties.isWhitespace || (0x1C...0x1F).contains(value) }
}
