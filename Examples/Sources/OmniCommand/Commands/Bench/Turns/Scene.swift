/// A composed recording, and what is to be found in it.
struct Scene {
    static let sampleRate = SpokenQuestions.sampleRate
    let name: String
    private(set) var samples: [Float] = []
    /// What the speaker says to be answered.
    private(set) var turns: [Range<Int>] = []
    /// Speech over a reply that is to stop it; each is one of ``turns`` as well.
    private(set) var interruptions: [Range<Int>] = []
    /// Speech over a reply that is not to stop it.
    private(set) var backchannels: [Range<Int>] = []
    /// How long a reply is heard.
    let answerSeconds: Double

    init(_ name: String, answerSeconds: Double = 0.3) {
        self.name = name
        self.answerSeconds = answerSeconds
    }

    mutating func silence(_ seconds: Double) {
        samples += Array(repeating: 0, count: Int(seconds * Double(Self.sampleRate)))
    }

    mutating func say(_ speech: [Float], isInterruption: Bool = false) {
        let place = samples.count..<samples.count + speech.count
        samples += speech
        turns.append(place)
        if isInterruption { interruptions.append(place) }
    }

    /// A question with a pause in the middle: still one turn.
    mutating func say(_ speech: [Float], pauseSeconds: Double) { say(Self.pausing(speech, seconds: pauseSeconds)) }

    /// A question with a pause in the middle, at its quietest place.
    static func pausing(_ speech: [Float], seconds: Double) -> [Float] {
        let width = sampleRate / 50
        let starts = stride(from: speech.count / 3, to: speech.count * 2 / 3, by: width / 2)
        let quietest = starts.min { energy(speech, $0, width) < energy(speech, $1, width) }
        let cut = (quietest ?? speech.count / 2) + width / 2
        return speech[..<cut] + Array(repeating: 0, count: Int(seconds * Double(sampleRate))) + speech[cut...]
    }

    mutating func murmur(_ speech: [Float]) {
        backchannels.append(samples.count..<samples.count + speech.count)
        samples += speech
    }

    mutating func add(_ other: [Float], at place: Int) {
        for index in other.indices where place + index < samples.count { samples[place + index] += other[index] }
    }

    private static func energy(_ samples: [Float], _ start: Int, _ count: Int) -> Float {
        samples[start..<min(start + count, samples.count)].reduce(0) { $0 + $1 * $1 }
    }
}
