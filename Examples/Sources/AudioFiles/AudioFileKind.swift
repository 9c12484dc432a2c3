/// What a file is, by its first bytes. Names say nothing: recorders and browsers get them wrong.
enum AudioFileKind: Hashable {
    /// Read by the library itself.
    case wav
    /// Read through libsndfile.
    case compressed(String)
    /// Known, and not read.
    case unreadable(String)
    case unknown

    static let neededByteCount = 64

    /// - Parameter file: all bytes, or the first ones: then what lies behind a tag is taken for MP3.
    init(of file: [UInt8]) {
        // An ID3v2 tag may come before a file of any kind. Its size has 7 bits in each of 4 bytes.
        if file.count > 10, file.starts(with: Array("ID3".utf8)), file[6..<10].allSatisfy({ $0 < 0x80 }) {
            let size = 10 + file[6..<10].reduce(0) { $0 << 7 | Int($1) }
            let kind = AudioFileKind(firstBytes: file.dropFirst(size).prefix(Self.neededByteCount))
            self = kind == .unknown ? .compressed("MP3") : kind
        } else {
            self.init(firstBytes: file.prefix(Self.neededByteCount))
        }
    }

    private init(firstBytes: ArraySlice<UInt8>) {
        let bytes = Array(firstBytes)
        func has(_ text: String, at offset: Int = 0) -> Bool {
            bytes.count >= offset + text.utf8.count && bytes[offset..<offset + text.utf8.count].elementsEqual(text.utf8)
        }
        func starts(with start: [UInt8]) -> Bool { bytes.starts(with: start) }
        if ["RIFF", "RIFX", "RF64", "BW64"].contains(where: { has($0) }) {
            self = has("AVI ", at: 8) ? .unreadable("an AVI film") : .wav
        } else if has("fLaC") {
            self = .compressed("FLAC")
        } else if has("OggS") {
            self = .compressed("Ogg")
        } else if has("FORM"), has("AIF", at: 8) {
            self = .compressed("AIFF")
        } else if starts(with: [0x72, 0x69, 0x66, 0x66, 0x2E, 0x91, 0xCF, 0x11]) {
            self = .compressed("W64")
        } else if has("caff") {
            self = .compressed("CAF")
        } else if has(".snd") {
            self = .compressed("AU")
        } else if has("ftyp", at: 4) {
            self = .unreadable("MP4 or M4A")
        } else if starts(with: [0x1A, 0x45, 0xDF, 0xA3]) {
            self = .unreadable("Matroska or WebM")
        } else if starts(with: [0x30, 0x26, 0xB2, 0x75, 0x8E, 0x66, 0xCF, 0x11]) {
            self = .unreadable("Windows Media audio")
        } else if has("#!AMR") {
            self = .unreadable("AMR")
        } else if has("MAC ") {
            self = .unreadable("Monkey's Audio")
        } else if has("wvpk") {
            self = .unreadable("WavPack")
        } else if has("ADIF") || (bytes.count >= 2 && bytes[0] == 0xFF && bytes[1] & 0xF6 == 0xF0) {
            self = .unreadable("AAC")
        } else if bytes.count >= 3, bytes[0] == 0xFF, bytes[1] & 0xE0 == 0xE0, bytes[1] & 0x06 != 0,
            bytes[2] & 0xF0 != 0xF0
        {
            // The frame of an MPEG stream: eleven bits of synchronisation, a layer, a bit rate.
            self = .compressed("MP3")
        } else {
            self = .unknown
        }
    }
}
