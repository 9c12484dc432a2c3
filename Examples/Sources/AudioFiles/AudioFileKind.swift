/// What a file is, by its first bytes. Names say nothing: recorders and browsers get them wrong.
///
/// Only WAV is decided here. Every other file is given to libsndfile, which knows more formats than are listed; their
/// names are for messages.
enum AudioFileKind: Hashable {
    /// Read by OmniPipeline itself.
    case wav
    /// A format that libsndfile reads.
    case libraryFormat(String)
    /// A format that neither reads.
    case unreadable(String)
    /// None of these. libsndfile may still recognise it.
    case unknown

    static let neededByteCount = 64

    /// - Parameter file: all bytes, or the first ones: then what lies behind a tag is taken for MP3.
    init(of file: [UInt8]) {
        if let size = Self.tagByteCount(of: file) {
            let kind = AudioFileKind(firstBytes: file.dropFirst(size).prefix(Self.neededByteCount))
            self = kind == .unknown ? .libraryFormat("MP3") : kind
        } else {
            self.init(firstBytes: file.prefix(Self.neededByteCount))
        }
    }

    /// The size of an ID3v2 tag, which may come before a file of any kind; `nil` without one. Its header has the size
    /// in four bytes of seven bits.
    static func tagByteCount(of file: [UInt8]) -> Int? {
        guard file.count > 10, file.starts(with: Array("ID3".utf8)), file[6..<10].allSatisfy({ $0 < 0x80 }) else {
            return nil
        }
        return 10 + file[6..<10].reduce(0) { $0 << 7 | Int($1) }
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
            self = .libraryFormat("FLAC")
        } else if has("OggS") {
            self = .libraryFormat("Ogg")
        } else if has("FORM"), has("AIF", at: 8) {
            self = .libraryFormat("AIFF")
        } else if starts(with: [0x72, 0x69, 0x66, 0x66, 0x2E, 0x91, 0xCF, 0x11]) {
            self = .libraryFormat("W64")
        } else if has("caff") {
            self = .libraryFormat("CAF")
        } else if has(".snd") {
            self = .libraryFormat("AU")
        } else if let name = Self.olderFormat(bytes) {
            self = .libraryFormat(name)
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
            self = .libraryFormat("MP3")
        } else {
            self = .unknown
        }
    }

    /// Formats of speech corpora, editors and samplers, by their first bytes.
    private static func olderFormat(_ bytes: [UInt8]) -> String? {
        let starts: [(name: String, bytes: [UInt8])] = [
            ("NIST SPHERE", Array("NIST_1A".utf8)), ("VOC", Array("Creative Voice File".utf8)),
            ("IRCAM", [0x64, 0xA3]), ("IRCAM", [0x00, 0x01, 0xA3, 0x64]), ("IRCAM", [0x00, 0x02, 0xA3, 0x64]),
            ("IRCAM", [0x00, 0x03, 0xA3, 0x64]), ("PAF", Array(" paf".utf8)), ("PAF", Array("fap ".utf8)),
            ("PVF", Array("PVF1".utf8)), ("AVR", Array("2BIT".utf8)), ("WVE", Array("ALawSoundFile".utf8)),
            ("XI", Array("Extended Instrument: ".utf8)), ("MAT5", Array("MATLAB 5.0 MAT-file".utf8)),
            ("SDS", [0xF0, 0x7E]),
        ]
        if bytes.starts(with: Array("FORM".utf8)), bytes.count >= 12 {
            let kind = bytes[8..<12]
            if kind.elementsEqual("8SVX".utf8) || kind.elementsEqual("16SV".utf8) { return "SVX" }
        }
        return starts.first { bytes.starts(with: $0.bytes) }?.name
    }
}
