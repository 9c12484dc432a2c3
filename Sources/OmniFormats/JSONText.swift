/// JSON that a general decoder is to read, which hashes names with their escapes resolved and takes other encodings
/// than UTF-8 by the zeros in them.
package enum JSONText {
    /// Why bytes are not given to a decoder; `nil` when they are. Whether they are JSON is for the decoder to say.
    package static func fault(in bytes: some Collection<UInt8>) -> String? {
        guard !bytes.contains(0), let text = String(validating: bytes, as: UTF8.self) else {
            return "the file is not UTF-8 text"
        }
        // Without a backslash or a mark there is nothing to look for; the first byte of U+0300 is 0xCC.
        guard bytes.contains(where: { $0 == UInt8(ascii: "\\") || $0 >= 0xCC }) else { return nil }
        var safe = StreamSafeText()
        var rest = text.unicodeScalars.makeIterator()
        while let scalar = rest.next() {
            guard safe.take(scalar == "\\" ? escaped(&rest) : scalar) else { return StreamSafeText.fault }
        }
        return nil
    }

    private typealias Scalars = String.UnicodeScalarView.Iterator

    /// What the characters behind a backslash stand for. Those of an escape that is none are left.
    private static func escaped(_ rest: inout Scalars) -> Unicode.Scalar {
        guard rest.next() == "u", let unit = codeUnit(&rest) else { return "\\" }
        if let scalar = Unicode.Scalar(unit) { return scalar }
        var ahead = rest
        guard UTF16.isLeadSurrogate(unit), ahead.next() == "\\", ahead.next() == "u", let low = codeUnit(&ahead),
            UTF16.isTrailSurrogate(low)
        else { return "\\" }
        rest = ahead
        return Unicode.Scalar(0x10000 + UInt32(unit & 0x3FF) << 10 + UInt32(low & 0x3FF)) ?? "\\"
    }

    /// The four hexadecimal digits that come next.
    private static func codeUnit(_ rest: inout Scalars) -> UInt16? {
        var ahead = rest
        var unit: UInt16 = 0
        for _ in 0..<4 {
            guard let scalar = ahead.next(), scalar.isASCII, let digit = Character(scalar).hexDigitValue else {
                return nil
            }
            unit = unit << 4 | UInt16(digit)
        }
        rest = ahead
        return unit
    }
}
