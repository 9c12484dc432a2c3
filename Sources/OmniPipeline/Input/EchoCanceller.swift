/// Takes the reply out of what a microphone hears, and says where nothing else is left. A pure machine: what is heard
/// and what is played go in window by window, on the same timeline.
///
/// The way from player to microphone is found by correlation: a delay and a gain. From there on an adaptive filter
/// (normalised least mean squares) follows what the room does to the audio. It learns from echo alone, never while
/// a person speaks.
package struct EchoCanceller: Sendable {
    /// A window without the reply.
    package struct Output: Sendable, Hashable {
        /// What remains of the window.
        package var samples: [Float]
        /// Whether the reply was all there was to hear.
        package var isEcho: Bool

        /// Bundles what remains of a window.
        package init(samples: [Float], isEcho: Bool) {
            self.samples = samples
            self.isEcho = isEcho
        }
    }

    private let settings: EchoSettings
    private let maximumDelay: Int
    private let blindSampleCount: Int
    /// Samples that a delay is found from.
    private let blockSampleCount: Int
    private var filter: AdaptiveFilter
    /// A plain delay, as it was found last: a voice of one pitch says little of the taps between its periods, so what
    /// was learnt from one utterance may do worse at the next. Where it was found a period off, it is found right
    /// later.
    private var plain: AdaptiveFilter
    /// The delay of the filter's first tap, in samples; `nil` while it is not known.
    private var delay: Int?
    private var near: [Float] = []
    private var far: [Float] = []
    /// How loud the reply was heard lately, mean square.
    private var echoPower: Float = 0
    /// How loud it was played lately, mean square.
    private var playedPower: Float = 0
    /// Samples played since there was silence.
    private var playedCount = 0
    /// Samples since anything was played.
    private var silentCount = Int.max / 2
    /// Whether the delay has ever taken the reply out.
    private var isProven = false
    /// Windows since the delay was looked for.
    private var windowCount = 0

    /// A delay is believed from this correlation on.
    private static var sureCorrelation: Float { 0.4 }
    /// A delay that has served is given up for one whose correlation is better by so much. Audio of one pitch is much
    /// like itself a period later: that one such delay takes something out does not make it the right one.
    private static var betterCorrelation: Float { 0.1 }
    /// Windows until the delay is looked for again, once it is known.
    private static var searchInterval: Int { 4 }

    /// A canceller before the first window.
    ///
    /// - Parameters:
    ///   - settings: what counts as echo.
    ///   - sampleRate: of both, in Hz.
    package init(_ settings: EchoSettings, sampleRate: Int) {
        precondition(sampleRate > 0, "\(sampleRate) Hz")
        // An echo of more than ten seconds is none, and would take memory for every sample of it.
        func samples(_ duration: Duration) -> Int {
            Int(min(max(duration, .zero), .seconds(10)).inSeconds * Double(sampleRate))
        }
        self.settings = settings
        maximumDelay = samples(settings.maximumDelay)
        blindSampleCount = samples(settings.blindTime)
        blockSampleCount = sampleRate / 8
        filter = AdaptiveFilter(tapCount: max(samples(settings.tail), 1))
        plain = filter
    }

    /// Takes the next window.
    ///
    /// - Parameters:
    ///   - heard: what the microphone hears.
    ///   - played: what is handed over to the player meanwhile, as many samples; silence where nothing is.
    package mutating func push(_ heard: [Float], played: [Float]) -> Output {
        precondition(heard.count == played.count, "\(played.count) samples played while \(heard.count) are heard")
        keep(heard, played)
        playedPower = max(0.95 * playedPower, played.power)
        // What was played has died away.
        guard silentCount <= maximumDelay + filter.tapCount + heard.count else {
            return Output(samples: heard, isEcho: false)
        }
        windowCount += 1
        if !isProven || windowCount >= Self.searchInterval { findDelay() }
        guard let delay else {
            // Nothing tells the reply from a speaker yet but that one is louder.
            return Output(
                samples: heard, isEcho: playedCount < blindSampleCount || heard.power <= playedPower)
        }
        var output = remove(heard, delay: delay)
        isProven = isProven || output.isEcho
        output.isEcho = output.isEcho || !isProven && heard.power <= playedPower
        return output
    }

    private mutating func remove(_ heard: [Float], delay: Int) -> Output {
        let start = far.count - heard.count - delay - filter.tapCount + 1
        guard start >= 0 else { return Output(samples: heard, isEcho: heard.power <= playedPower) }
        let played = Array(far[start..<start + heard.count + filter.tapCount - 1])
        var residue = filter.residue(of: heard, played: played)
        let unlearnt = plain.residue(of: heard, played: played)
        if unlearnt.power < 0.5 * residue.power { (filter, residue) = (plain, unlearnt) }
        let (before, after) = (heard.power, residue.power)
        // Lately the reply was this loud: much softer audio beside it is what is left of it, not a speaker. It dies
        // away by 0.7 dB in a window: slower, and speakers who are little louder than the reply are taken for its
        // rest; faster, and the rest of a loud vowel is taken for a speaker.
        echoPower = max(0.85 * echoPower, before - after)
        let isEcho = min(before, after) <= settings.largestResidue * max(before, echoPower)
        // Nothing to remove, or another speaker: leave what was learnt alone.
        guard after < before else { return Output(samples: heard, isEcho: isEcho) }
        // Carefully where it may be a speaker, and not at all where it must be one.
        if after <= 0.7 * before { filter.learn(from: heard, played: played, rate: isEcho ? 0.3 : 0.05) }
        return Output(samples: residue, isEcho: isEcho)
    }

    private mutating func keep(_ heard: [Float], _ played: [Float]) {
        if played.contains(where: { $0 != 0 }) {
            playedCount = (silentCount > maximumDelay ? 0 : playedCount) + played.count
            silentCount = 0
        } else {
            silentCount += min(played.count, Int.max / 2 - silentCount)
        }
        near += heard
        far += played
        near.removeFirst(max(near.count - blockSampleCount, 0))
        far.removeFirst(max(far.count - blockSampleCount - maximumDelay - 2 * filter.tapCount, 0))
    }

    /// Looks for the reply in what was heard last.
    private mutating func findDelay() {
        windowCount = 0
        guard near.count == blockSampleCount,
            let found = EchoDelay.find(near, in: far, maximumDelay: maximumDelay),
            found.correlation >= Self.sureCorrelation
        else { return }
        // The filter begins a little earlier: what was found need not be the shortest way.
        let lead = filter.tapCount / 8
        if let delay {
            let known = delay..<delay + max(filter.tapCount / 2, 1)
            if known.contains(found.delay) {
                plain.begin(tap: found.delay - delay, gain: found.gain)
                return
            }
            if isProven, let kept = EchoDelay.best(near, in: far, among: known),
                found.correlation < kept.correlation + Self.betterCorrelation
            {
                return
            }
        }
        let start = max(found.delay - lead, 0)
        delay = start
        filter.begin(tap: found.delay - start, gain: found.gain)
        plain = filter
    }
}

extension [Float] {
    /// The mean of the squares.
    var power: Float { isEmpty ? 0 : reduce(0) { $0 + $1 * $1 } / Float(count) }
}

/// How the reply is told apart from a speaker when it leaks into the microphone.
public struct EchoSettings: Sendable, Hashable {
    /// The longest way from handing over the audio to hearing it again, buffers of player and microphone included.
    public var maximumDelay: Duration = .milliseconds(500)
    /// How long the room reverberates.
    public var tail: Duration = .milliseconds(32)
    /// What is left of the audio after the reply was taken out of it, in power: up to this part of it is the reply
    /// alone. What is more is a speaker.
    public var largestResidue: Float = 0.3
    /// From the beginning of a reply, no speaker is heard for this long: the delay of its audio is not known yet.
    public var blindTime: Duration = .milliseconds(160)

    /// The defaults.
    public init() {}
}
