/// Turns the bytes of a client's audio into samples. A client may cut its audio anywhere: half a 16-bit sample waits
/// for its other half.
struct AudioDecoder: Hashable, Sendable {
    var format: AudioFormat
    /// The first byte of a sample whose second byte has not come.
    private var half: UInt8?

    init(_ format: AudioFormat) { self.format = format }

    /// The samples that are complete now, at the format's rate.
    mutating func decode(_ bytes: [UInt8]) -> [Float] {
        guard format.bytesPerSample == 2 else { return format.decode(bytes) }
        var bytes = bytes
        if let half { bytes.insert(half, at: 0) }
        half = bytes.count.isMultiple(of: 2) ? nil : bytes.removeLast()
        return format.decode(bytes)
    }

    /// Forgets half a sample: what comes next is new audio.
    mutating func reset() { half = nil }
}
