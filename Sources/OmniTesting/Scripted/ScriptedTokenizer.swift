public import OmniCore

/// A tokenizer whose ids are Unicode scalars. Its stream holds back a tilde until the next token, as others hold back
/// half a scalar.
public struct ScriptedTokenizer: Tokenizer {
    /// Knows all of Unicode.
    public init() {}

    public func encode(_ text: String) -> [TokenID] { text.unicodeScalars.map { TokenID(Int($0.value)) } }

    public func decode(_ tokens: some Sequence<TokenID>, keepingSpecialTokens: Bool) -> String {
        var text = String.UnicodeScalarView()
        text.append(contentsOf: tokens.compactMap { Unicode.Scalar(UInt32(bitPattern: $0.rawValue)) })
        return String(text)
    }

    public func makeStreamDecoder() -> ScriptedStreamDecoder { ScriptedStreamDecoder() }
}

/// The stream of a ``ScriptedTokenizer``.
public struct ScriptedStreamDecoder: TokenStreamDecoder {
    private var held = ""

    public mutating func push(_ token: TokenID) -> String? {
        held += ScriptedTokenizer().decode(CollectionOfOne(token))
        return held.hasSuffix("~") ? nil : finish()
    }

    public mutating func finish() -> String? {
        defer { held = "" }
        return held.isEmpty ? nil : held
    }
}
