extension SplitExpression {
    /// Compiles the text of an expression.
    ///
    /// - Throws: ``SplitExpressionParser/Refusal`` for what is not read here, or would take too much time.
    init(_ text: String) throws(SplitExpressionParser.Refusal) {
        let node = try SplitExpressionParser.parse(text)
        var compiler = Compiler()
        let end = try compiler.append(.match)
        let start = try compiler.emit(node, before: Continuation(end)).whenEmpty
        let order = Self.order(of: compiler.program, from: start)
        var places = [Int](repeating: 0, count: compiler.program.count)
        for (place, step) in order.enumerated() { places[step] = place }
        program = order.map { compiler.program[$0].moved(places) }
        self.start = places[start]
        members = ScalarSetTable(compiler.sets)
    }

    /// Where a part of an expression goes on.
    ///
    /// Oniguruma leaves a loop whose body took nothing, lest it go round for ever. So what follows inside such a body
    /// is emitted twice: for a turn that has taken nothing so far, which leaves the loop at its end, and for one that
    /// has taken something, which goes round again. That makes the program free of circles that take nothing.
    private struct Continuation {
        var whenEmpty: Int
        var whenTaken: Int

        var isSingle: Bool { whenEmpty == whenTaken }

        init(_ step: Int) { self.init(whenEmpty: step, whenTaken: step) }

        init(whenEmpty: Int, whenTaken: Int) {
            self.whenEmpty = whenEmpty
            self.whenTaken = whenTaken
        }
    }

    /// Emits parts in front of what follows them.
    private struct Compiler {
        typealias Node = SplitExpressionParser.Node
        typealias Refusal = SplitExpressionParser.Refusal

        var program: [Step] = []
        var sets: [ScalarSet] = []
        private var places: [ScalarSet: Int] = [:]
        /// Parts that are repeated and take nothing make no steps, but time.
        private var partCount = 0

        mutating func append(_ step: Step) throws(Refusal) -> Int {
            guard program.count < SplitExpression.stepLimit else {
                throw Refusal(reason: "more than \(SplitExpression.stepLimit) steps for each character")
            }
            program.append(step)
            return program.count - 1
        }

        /// The step that `make` makes of a continuation, once or for both of its halves.
        private mutating func append(
            before next: Continuation, _ make: (Int) -> Step
        ) throws(Refusal) -> Continuation {
            let whenTaken = try append(make(next.whenTaken))
            if next.isSingle { return Continuation(whenTaken) }
            return Continuation(whenEmpty: try append(make(next.whenEmpty)), whenTaken: whenTaken)
        }

        private mutating func place(of set: ScalarSet) -> Int {
            if let place = places[set] { return place }
            sets.append(set)
            places[set] = sets.count - 1
            return sets.count - 1
        }

        /// - Returns: where the part begins.
        mutating func emit(_ node: Node, before next: Continuation) throws(Refusal) -> Continuation {
            partCount += 1
            guard partCount <= 10 * SplitExpression.stepLimit else {
                throw Refusal(reason: "repetitions of repetitions")
            }
            switch node {
            case .set(let set): return Continuation(try append(.take(set: place(of: set), next: next.whenTaken)))
            case .sequence(let nodes):
                var next = next
                for node in nodes.reversed() { next = try emit(node, before: next) }
                return next
            case .choice(let nodes):
                var starts: [Continuation] = []
                for node in nodes { starts.append(try emit(node, before: next)) }
                guard var start = starts.popLast() else { return next }
                while let preferred = starts.popLast() { start = try branch(preferred, start, isLazy: false) }
                return start
            case .repetition(let node, let minimum, let maximum, let isLazy):
                var start = next
                if let maximum {
                    for _ in minimum..<maximum {
                        start = try branch(try emit(node, before: start), next, isLazy: isLazy)
                    }
                } else {
                    start = try emitLoop(node, before: next, isLazy: isLazy)
                }
                for _ in 0..<minimum { start = try emit(node, before: start) }
                return start
            case .look(let node, let isNegated):
                let start = try emit(node, before: Continuation(try append(.match))).whenEmpty
                return try append(before: next) { .look(start: start, isNegated: isNegated, next: $0) }
            case .lookBehind(let set, let isNegated):
                let set = place(of: set)
                return try append(before: next) { .lookBehind(set: set, isNegated: isNegated, next: $0) }
            case .place(let place): return try append(before: next) { .require(place, next: $0) }
            }
        }

        private mutating func branch(
            _ enter: Continuation, _ leave: Continuation, isLazy: Bool
        ) throws(Refusal) -> Continuation {
            func step(_ enter: Int, _ leave: Int) -> Step {
                isLazy ? .branch(first: leave, second: enter) : .branch(first: enter, second: leave)
            }
            let whenTaken = try append(step(enter.whenTaken, leave.whenTaken))
            if enter.isSingle, leave.isSingle { return Continuation(whenTaken) }
            return Continuation(
                whenEmpty: try append(step(enter.whenEmpty, leave.whenEmpty)), whenTaken: whenTaken)
        }

        private mutating func emitLoop(
            _ node: Node, before next: Continuation, isLazy: Bool
        ) throws(Refusal) -> Continuation {
            // The place of the branch, which the body goes back to.
            let loop = try append(.match)
            func turn(leavingTo leave: Int) throws(Refusal) -> Step {
                let enter = try emit(node, before: Continuation(whenEmpty: leave, whenTaken: loop)).whenEmpty
                return isLazy ? .branch(first: leave, second: enter) : .branch(first: enter, second: leave)
            }
            program[loop] = try turn(leavingTo: next.whenTaken)
            if next.isSingle { return Continuation(loop) }
            let first = try turn(leavingTo: next.whenEmpty)
            return Continuation(whenEmpty: try append(first), whenTaken: loop)
        }
    }

    /// The steps that can be reached, each behind those that it leads to without taking a scalar.
    private static func order(of program: [Step], from start: Int) -> [Int] {
        var order: [Int] = []
        var isFound = [Bool](repeating: false, count: program.count)
        // Starts of parts: those that are reached over a scalar wait until the others are in order.
        var starts = [start]
        while let start = starts.popLast() {
            var pending = [(step: start, isOpen: false)]
            while let (step, isOpen) = pending.popLast() {
                if isOpen {
                    order.append(step)
                    continue
                }
                guard !isFound[step] else { continue }
                isFound[step] = true
                pending.append((step, true))
                switch program[step] {
                case .take(_, let next): starts.append(next)
                case .branch(let first, let second): pending += [(second, false), (first, false)]
                case .look(let start, _, let next): pending += [(next, false), (start, false)]
                case .lookBehind(_, _, let next), .require(_, let next): pending.append((next, false))
                case .match: break
                }
            }
        }
        return order
    }
}

extension SplitExpression.Step {
    /// The same step in a program whose steps have other places.
    fileprivate func moved(_ places: [Int]) -> Self {
        switch self {
        case .take(let set, let next): .take(set: set, next: places[next])
        case .branch(let first, let second): .branch(first: places[first], second: places[second])
        case .look(let start, let isNegated, let next):
            .look(start: places[start], isNegated: isNegated, next: places[next])
        case .lookBehind(let set, let isNegated, let next):
            .lookBehind(set: set, isNegated: isNegated, next: places[next])
        case .require(let place, let next): .require(place, next: places[next])
        case .match: .match
        }
    }
}
