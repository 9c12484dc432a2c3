import OmniCore

/// A tokenizer whose ids are the bytes of UTF-8.
public struct ByteTokenizer: Tokenizer {
    /// Knows all bytes.
    public init() {}

    public func encode(_ text: String) -> [TokenID] { text.utf8.map { TokenID(Int($0)) } }

    public func decode(_ tokens: some Sequence<TokenID>, keepingSpecialTokens: Bool) -> String {
        String(decoding: tokens.compactMap { UInt8(exactly: $0.rawValue) }, as: UTF8.self)
    }

    public func makeStreamDecoder() -> StreamDecoder { StreamDecoder() }

    /// Holds bytes back until they are a whole scalar.
    public struct StreamDecoder: TokenStreamDecoder {
        private var bytes: [UInt8] = []

        public mutating func push(_ token: TokenID) -> String? {
            guard let byte = UInt8(exactly: token.rawValue) else { return nil }
            bytes.append(byte)
            guard let text = String(validating: bytes, as: UTF8.self) else { return nil }
            bytes = []
            return text
        }

        public mutating func finish() -> String? {
            defer { bytes = [] }
            return bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self)
        }
    }
}
