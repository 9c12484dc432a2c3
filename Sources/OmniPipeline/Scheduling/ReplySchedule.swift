/// Decides what the replies that share a thread compute next: a pure machine, without a clock, a task or a lock.
///
/// There are two kinds of work. Steps give sound to those who are listening already; all that wait are taken together,
/// because a step of many costs little more than a step of one. Slices, parts of the encoding and the reading of a
/// question, bring somebody closer to the first sound. While every listener has sound left for the time that a slice
/// takes, slices go first: in the order in which their replies came, since whoever is served first has the least to
/// wait. Replies without sound, which are written and not spoken, step along as long as no listener is in a hurry.
/// Nobody is ever put off for long.
struct ReplySchedule {
    typealias Instant = ContinuousClock.Instant

    /// Names a reply among those that share the thread, in the order in which they came.
    struct Place: Hashable, Comparable, Sendable {
        let index: Int

        static func < (a: Place, b: Place) -> Bool { a.index < b.index }
    }

    /// What to compute.
    enum Work: Equatable {
        /// One step of each of these, those whose sound runs out first in front.
        case step([Place])
        /// One slice.
        case slice(Place)
    }

    /// Sound that must be left while a slice is computed, beyond the time that the slice and the next step take.
    static let margin = Duration.milliseconds(40)
    /// The part of the time that slices get even while all steps are urgent.
    static let sliceShare = 0.25
    /// Steps while slices wait, and slices while steps wait: no more in a row.
    static let (maximumStepsInARow, maximumSlicesInARow) = (12, 6)
    /// Urgent steps that leave out those without sound: no more in a row.
    static let maximumStepsWithoutWriters = 3

    /// Replies in one step, at most.
    let maximumStepWidth: Int

    /// Those who wait for a step, and when their sound runs out: before any sound at once.
    private var speakers: [Place: Instant] = [:]
    /// Those who wait for a step and have no sound that could run out.
    private var writers: Set<Place> = []
    private var slicers: Set<Place> = []
    private var stepsInARow = 0
    private var stepsWithoutWriters = 0
    private var slicesInARow = 0
    /// Time that slices have a claim to: it grows during steps that were put before them.
    private var sliceClaim = Duration.zero
    private var lastDecision: (instant: Instant, isStep: Bool)?

    init(maximumStepWidth: Int) { self.maximumStepWidth = maximumStepWidth }

    /// - Parameter deadline: when the reply's sound runs out; `nil` when it has none.
    mutating func waitForStep(_ place: Place, deadline: Instant?) {
        if let deadline { speakers[place] = deadline } else { writers.insert(place) }
    }

    mutating func waitForSlice(_ place: Place) { slicers.insert(place) }

    /// Whoever waited at this place does so no more.
    mutating func forget(_ place: Place) {
        speakers[place] = nil
        writers.remove(place)
        slicers.remove(place)
    }

    /// What to compute now; `nil` when nobody waits. Whoever is named waits no more.
    ///
    /// - Parameters:
    ///   - now: the time.
    ///   - cost: what a slice, and the step after it, have lately taken.
    mutating func next(at now: Instant, cost: Duration) -> Work? {
        account(until: now)
        let isUrgent = speakers.values.min().map { $0 < now + cost + Self.margin } ?? false
        guard let slicer = slicers.min() else { return nextStep(isUrgent: isUrgent, isContested: false) }
        guard !speakers.isEmpty || !writers.isEmpty else { return slice(slicer, isContested: false) }
        let stepsFirst =
            isUrgent
            ? stepsInARow < Self.maximumStepsInARow && sliceClaim <= .zero : slicesInARow >= Self.maximumSlicesInARow
        lastDecision = (now, stepsFirst)
        return stepsFirst ? nextStep(isUrgent: isUrgent, isContested: true) : slice(slicer, isContested: true)
    }

    /// What was decided last has taken until now.
    private mutating func account(until now: Instant) {
        defer { lastDecision = nil }
        guard let last = lastDecision else { return }
        let elapsed = now - last.instant
        sliceClaim += last.isStep ? elapsed * Self.sliceShare : .zero - elapsed
        // Neither a claim nor its opposite outlives the moment for long.
        sliceClaim = min(max(sliceClaim, .milliseconds(-200)), .milliseconds(200))
    }

    private mutating func nextStep(isUrgent: Bool, isContested: Bool) -> Work? {
        var waiting = speakers.sorted { $0.value != $1.value ? $0.value < $1.value : $0.key < $1.key }.map(\.key)
        if isUrgent, !writers.isEmpty, stepsWithoutWriters < Self.maximumStepsWithoutWriters {
            stepsWithoutWriters += 1
        } else {
            waiting += writers.sorted()
            stepsWithoutWriters = 0
        }
        guard !waiting.isEmpty else { return nil }
        let places = Array(waiting.prefix(maximumStepWidth))
        for place in places {
            speakers[place] = nil
            writers.remove(place)
        }
        stepsInARow = isContested ? stepsInARow + 1 : 0
        slicesInARow = 0
        return .step(places)
    }

    private mutating func slice(_ place: Place, isContested: Bool) -> Work {
        slicers.remove(place)
        slicesInARow = isContested ? slicesInARow + 1 : 0
        stepsInARow = 0
        return .slice(place)
    }
}
