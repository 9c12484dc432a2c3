/// How far a download is.
public struct HubProgress: Sendable, Hashable {
    /// Bytes that are there, those of earlier downloads included.
    public var completedByteCount: Int
    /// Bytes of all files that were asked for.
    public var totalByteCount: Int
    /// The mean speed of the last seconds, bytes a second; `nil` until it is known.
    public var bytesPerSecond: Double?
    /// The file that is coming, by its path in the repository.
    public var file: String
    /// How long the hub has just asked to wait; nothing comes until then. `nil` while something comes.
    public var requestedWait: Duration?

    /// Collects the facts.
    public init(
        completedByteCount: Int, totalByteCount: Int, bytesPerSecond: Double?, file: String,
        requestedWait: Duration? = nil
    ) {
        self.completedByteCount = completedByteCount
        self.totalByteCount = totalByteCount
        self.bytesPerSecond = bytesPerSecond
        self.file = file
        self.requestedWait = requestedWait
    }

    /// The share that is there, 0 … 1.
    public var fraction: Double {
        totalByteCount > 0 ? min(1, Double(completedByteCount) / Double(totalByteCount)) : 1
    }

    /// The time that the rest takes at this speed; `nil` without a speed.
    public var timeLeft: Duration? {
        guard let bytesPerSecond, bytesPerSecond > 0 else { return nil }
        return .seconds(Double(max(0, totalByteCount - completedByteCount)) / bytesPerSecond)
    }

    /// A number of bytes for people, in powers of 1000: `2.8 GB`.
    public static func size(_ byteCount: Int) -> String {
        var (value, unit) = (Double(byteCount), "bytes")
        for larger in ["kB", "MB", "GB", "TB"] where value >= 999.5 {
            (value, unit) = (value / 1000, larger)
        }
        if unit == "bytes" { return byteCount == 1 ? "1 byte" : "\(byteCount) bytes" }
        if value >= 99.95 { return "\(Int(value.rounded())) \(unit)" }
        let tenths = Int((value * 10).rounded())
        return "\(tenths / 10).\(tenths % 10) \(unit)"
    }
}
