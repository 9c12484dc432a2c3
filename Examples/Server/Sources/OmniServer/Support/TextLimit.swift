/// How long a written question may be. What the model reads ends far earlier; nothing larger is looked at or kept.
enum TextLimit {
    /// Unicode scalars: counting what a reader takes for a character takes long where many marks are put on one.
    static let maximumCharacterCount = 4096

    static func allows(_ text: String) -> Bool {
        text.utf8.count <= 4 * maximumCharacterCount && text.unicodeScalars.count <= maximumCharacterCount
    }
}
