extension SplitExpression {
    /// Compiles the text of an expression.
    ///
    /// - Throws: ``SplitExpressionParser/Refusal`` for what is not read here, or would take too much time.
    init(_ text: String) throws(SplitExpressionParser.Refusal) {
        let node = try SplitExpressionParser.parse(text)
        var compiler = Compiler()
        try compiler.emit(node)
        try compiler.append(.match)
        program = compiler.program
        sets = compiler.sets
    }

    private struct Compiler {
        var program: [Instruction] = []
        var sets: [ScalarSet] = []
        private var places: [ScalarSet: Int] = [:]
        /// Parts that are repeated and take nothing make no instructions, but time.
        private var stepCount = 0

        mutating func append(_ instruction: Instruction) throws(SplitExpressionParser.Refusal) {
            guard program.count < SplitExpression.instructionLimit else {
                throw .init(reason: "more than \(SplitExpression.instructionLimit) steps for each character")
            }
            program.append(instruction)
        }

        private mutating func place(of set: ScalarSet) -> Int {
            if let place = places[set] { return place }
            sets.append(set)
            places[set] = sets.count - 1
            return sets.count - 1
        }

        mutating func emit(_ node: SplitExpressionParser.Node) throws(SplitExpressionParser.Refusal) {
            stepCount += 1
            guard stepCount <= 10 * SplitExpression.instructionLimit else {
                throw .init(reason: "repetitions of repetitions")
            }
            switch node {
            case .set(let set): try append(.take(set: place(of: set)))
            case .sequence(let nodes): for node in nodes { try emit(node) }
            case .choice(let nodes): try emit(choices: nodes[...])
            case .repetition(let node, let minimum, let maximum, let isLazy):
                for _ in 0..<minimum { try emit(node) }
                guard let maximum else { return try emitLoop(node, isLazy: isLazy) }
                try emitOptional(node, count: maximum - minimum, isLazy: isLazy)
            case .look(let node, let isNegated):
                let look = program.count
                try append(.match)
                try emit(node)
                try append(.match)
                program[look] = .look(start: look + 1, isNegated: isNegated, next: program.count)
            case .lookBehind(let set, let isNegated):
                try append(.lookBehind(set: place(of: set), isNegated: isNegated))
            case .place(let place): try append(.require(place))
            }
        }

        private mutating func emit(
            choices nodes: ArraySlice<SplitExpressionParser.Node>
        ) throws(SplitExpressionParser.Refusal) {
            var jumps: [Int] = []
            for (index, node) in zip(nodes.indices, nodes) {
                let branch = program.count
                let isLast = index == nodes.endIndex - 1
                if !isLast { try append(.match) }
                try emit(node)
                guard !isLast else { break }
                jumps.append(program.count)
                try append(.match)
                program[branch] = .branch(first: branch + 1, second: program.count)
            }
            for jump in jumps { program[jump] = .jump(program.count) }
        }

        private mutating func emitLoop(
            _ node: SplitExpressionParser.Node, isLazy: Bool
        ) throws(SplitExpressionParser.Refusal) {
            let branch = program.count
            try append(.match)
            try emit(node)
            try append(.jump(branch))
            program[branch] = Self.branch(enter: branch + 1, leave: program.count, isLazy: isLazy)
        }

        private mutating func emitOptional(
            _ node: SplitExpressionParser.Node, count: Int, isLazy: Bool
        ) throws(SplitExpressionParser.Refusal) {
            var branches: [Int] = []
            for _ in 0..<count {
                branches.append(program.count)
                try append(.match)
                try emit(node)
            }
            for branch in branches {
                program[branch] = Self.branch(enter: branch + 1, leave: program.count, isLazy: isLazy)
            }
        }

        private static func branch(enter: Int, leave: Int, isLazy: Bool) -> Instruction {
            isLazy ? .branch(first: leave, second: enter) : .branch(first: enter, second: leave)
        }
    }
}
