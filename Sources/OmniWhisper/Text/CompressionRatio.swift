/// How much of a text is repetition: bytes of UTF-8 for each byte that zlib makes of them.
enum CompressionRatio {
    static func of(_ text: String) -> Double {
        let bytes = Array(text.utf8)
        return Double(bytes.count) / Double(DeflateLength.ofCompressed(bytes))
    }
}
