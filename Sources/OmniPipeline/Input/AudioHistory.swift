/// The latest samples of audio, by their position in the whole.
struct AudioHistory {
    private var samples: [Float] = []
    /// The position of the first sample that is still there.
    private(set) var start = 0

    /// One past the position of the last sample.
    var end: Int { start + samples.count }

    mutating func append(_ window: [Float]) { samples += window }

    /// As much of a range as is still there.
    subscript(range: Range<Int>) -> ArraySlice<Float> {
        let range = range.clamped(to: start..<end)
        return samples[range.lowerBound - start..<range.upperBound - start]
    }

    /// Lets go of what lies before `position`. In large steps, as what remains is moved.
    mutating func forget(before position: Int) {
        let count = min(position, end) - start
        guard count > samples.count / 2, count > 0 else { return }
        samples.removeFirst(count)
        start += count
    }
}
