/// What is written for something other than speech, as "[music]", "♪" or "(laughs)": the tokens that open such a note
/// are not to be chosen. Hyphens and apostrophes are allowed inside a word, not in front of one.
enum NonSpeechTokens {
    private static let symbols =
        #"" # ( ) * + / : ; < = > @ [ \ ] ^ _ ` { | } ~ 「 」 『 』 << >> <<< >>> -- --- -( -[ (' (" (( )) ((( ))) [[ ]] {{ }} ♪♪ ♪♪♪"#
        .split(separator: " ").map(String.init)
    /// Between U+2640 and U+267F: where one of these is several tokens, its first is left out, which all of them share.
    private static let notes = ["♩", "♪", "♫", "♬", "♭", "♮", "♯"]

    /// - Parameter encode: the ids of a text.
    /// - Returns: ids, ascending.
    static func all(_ encode: (String) -> [Int]) -> [Int] {
        var result = Set([" -", " '"].compactMap { encode($0).first })
        for symbol in symbols {
            for tokens in [encode(symbol), encode(" " + symbol)] where tokens.count == 1 { result.formUnion(tokens) }
        }
        for note in notes { result.formUnion([encode(note), encode(" " + note)].compactMap(\.first)) }
        return result.sorted()
    }
}
