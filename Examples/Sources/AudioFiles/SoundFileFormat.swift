/// The formats of libsndfile, by the number in `SF_INFO.format`.
enum SoundFileFormat {
    static let soundDesigner: Int32 = 0x16_0000

    /// The container alone, without the encoding and the byte order.
    static func container(of format: Int32) -> Int32 { format & 0x0FFF_0000 }

    /// What a container is called in messages.
    static func name(of format: Int32) -> String {
        let names: [Int32: String] = [
            0x01: "WAV", 0x02: "AIFF", 0x03: "AU", 0x05: "PAF", 0x06: "SVX", 0x07: "NIST SPHERE", 0x08: "VOC",
            0x0A: "IRCAM", 0x0B: "W64", 0x0C: "MAT4", 0x0D: "MAT5", 0x0E: "PVF", 0x0F: "XI", 0x10: "HTK", 0x11: "SDS",
            0x12: "AVR", 0x13: "WAV", 0x16: "Sound Designer II", 0x17: "FLAC", 0x18: "CAF", 0x19: "WVE", 0x20: "Ogg",
            0x21: "MPC2K", 0x22: "RF64", 0x23: "MP3",
        ]
        return names[container(of: format) >> 16] ?? "audio"
    }
}
