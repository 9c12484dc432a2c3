/// The bytes that some editors put before UTF-8 text.
package enum ByteOrderMark {
    /// A text without them.
    package static func dropped<Text: Collection<UInt8>>(from text: Text) -> Text.SubSequence {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        return text.starts(with: mark) ? text.dropFirst(mark.count) : text[...]
    }
}
