/// How long a FLAC file says that it is (RFC 9639, 8.2), before it is decoded.
struct FLACHead: Hashable {
    /// Of one channel.
    let sampleCount: Int
    /// Hz.
    let sampleRate: Int

    /// `nil` for other files, and where the head does not say how long the file is.
    init?(_ file: [UInt8]) {
        // The signature, and the head of the first block, which is the description of the stream.
        guard file.count >= 26, file.starts(with: Array("fLaC".utf8)), file[4] & 0x7F == 0 else { return nil }
        // 20 bits: the rate; 3: channels; 5: bits of a sample; 36: samples of one channel.
        let fields = file[18..<26].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        (sampleRate, sampleCount) = (Int(fields >> 44), Int(fields & (1 << 36 - 1)))
        guard sampleRate > 0, sampleCount > 0 else { return nil }
    }

    var duration: Duration { .seconds(Double(sampleCount) / Double(sampleRate)) }
}
