/// How long a written question may be. What the model reads ends far earlier; nothing larger is looked at or kept.
enum TextLimit {
    static let maximumCharacterCount = 4096

    static func allows(_ text: String) -> Bool {
        // Characters are counted only where there cannot be many.
        text.utf8.count <= 4 * maximumCharacterCount && text.count <= maximumCharacterCount
    }
}
