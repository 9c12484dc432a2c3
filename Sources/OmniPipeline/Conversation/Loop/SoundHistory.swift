/// The latest samples of a sound, by their place in the whole.
struct SoundHistory {
    private var samples: [Float] = []
    /// The place of the first sample that is still there.
    private(set) var start = 0

    /// One past the place of the last sample.
    var end: Int { start + samples.count }

    mutating func append(_ window: [Float]) { samples += window }

    /// As much of a range as is still there.
    subscript(range: Range<Int>) -> ArraySlice<Float> {
        let range = range.clamped(to: start..<end)
        return samples[range.lowerBound - start..<range.upperBound - start]
    }

    /// Lets go of what lies before `place`. In large steps, as what remains is moved.
    mutating func forget(before place: Int) {
        let count = min(place, end) - start
        guard count > samples.count / 2, count > 0 else { return }
        samples.removeFirst(count)
        start += count
    }
}
