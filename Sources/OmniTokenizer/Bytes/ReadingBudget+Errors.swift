internal import OmniFormats

extension ReadingBudget {
    /// Takes memory for what `file` describes.
    mutating func take(byteCount: Int, for file: String) throws(TokenizerError) {
        do {
            try take(byteCount: byteCount)
        } catch {
            throw TokenizerError(.overBudget, file: file, reason: error.reason)
        }
    }
}
