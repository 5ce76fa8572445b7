"""Who may do each verb of each noun with a life, in whatever state: its rule, written out.

The row is the one of tests/everything.py: the resident's ticket, which is the technician's job in
a category whose jobs technicians may take themselves; the neighbour's claim; the
inspector's round, that is on, and its plan; the resident's confirmed care flag and a planned visit
to their home; the volunteer's place in a shift of tomorrow and the mate who is asked to
take it; the resident's application to the team; a turn that the resident booked
at an event that is planned still. A life or a verb that
has no line here fails tests/test_routes.py.
"""

DESK = {"dispatcher", "desk", "manager", "admin"}
TECHNICIANS = {"technician", "other_technician"}
WORKER = {"technician"}
HOME = {"resident"}
CLAIMANT = {"neighbour"}
MANAGERS = {"manager", "admin"}
WALKERS = {"inspector", "admin"}
SAFETY = MANAGERS | WALKERS
GRID_LEADERS = {"grid_leader", "admin"}
CALLERS = {"secretary", "grid_leader"}
LEAD = {"property_lead"}
INSIDE = CALLERS | LEAD | {"committee", "admin"}
WISHES = {"grid_member", "grid_leader", "admin"}
CARERS = GRID_LEADERS | {"grid_member"}
TEAM_LEAD = {"team_lead"}
TEAM = TEAM_LEAD | {"admin"}
VOLUNTEER = {"volunteer"}
CREW = {"grid_member"} | VOLUNTEER
AROUND = {
    *("resident", "neighbour", "admin", "grid_member", "grid_leader"),
    *("secretary", "committee", "property_lead", "team_lead", "volunteer", "mate"),
    *("technician", "other_technician", "dispatcher", "manager", "inspector", "desk"),
}

STAFF = DESK | TECHNICIANS | SAFETY

# Who finds the row, and so may be asked. Whoever does not is in tests/routes_posts.py.
SPEAKS = {"resident", "team_lead", "admin"} | DESK
SEES = {
    "repairs.ticket": HOME | TECHNICIANS | DESK,
    "estates.claim": CLAIMANT | DESK,
    "safety.plan": SAFETY,
    "safety.round": SAFETY,
    "safety.hazard": STAFF | HOME,
    "safety.drill": STAFF | HOME | CLAIMANT | CREW,
    "safety.requirement": STAFF,
    "safety.improvement": STAFF,
    "grids.flag": CARERS,
    "grids.visit": CARERS,
    "parties.matter": INSIDE | HOME,
    "parties.part": INSIDE,
    "parties.registration": {"party_member", "secretary", "admin"},
    "parties.wish": WISHES | {"party_member", "secretary", "committee", "property_lead"},
    "volunteers.membership": HOME | TEAM,
    "volunteers.qualification": VOLUNTEER | TEAM,
    "volunteers.shift": AROUND,
    "volunteers.entry": VOLUNTEER | TEAM,
    "volunteers.swap": VOLUNTEER | TEAM | {"mate"},
    "volunteers.certificate": VOLUNTEER | {"admin"},
    "events.event": TEAM,
    "events.signup": {"resident", "team_lead", "admin"} | DESK,
    "events.slot": TEAM | HOME,
}

MAY = {
    "repairs.ticket": {
        "accept": DESK,
        "dispatch": DESK,
        "reassign": DESK,
        "prioritise": DESK,
        "recategorise": DESK,
        "merge": DESK,
        "reject": DESK,
        "take": TECHNICIANS,
        "start": WORKER,
        "resolve": WORKER,
        "hand_back": WORKER,
        "plan_visit": DESK | WORKER,
        "hold": DESK | WORKER,
        "resume": DESK | WORKER,
        "add_cost": DESK | WORKER,
        "confirm": HOME,
        "dispute": HOME,
        "rate": HOME,
        "urge": HOME,
        "amend": HOME | DESK,
        "cancel": HOME | DESK,
        "reopen": HOME | DESK,
        "comment": HOME | TECHNICIANS | DESK,
        "note": TECHNICIANS | DESK,
        "close": {"manager", "admin"},
        "return_visit": DESK,
    },
    "estates.claim": {
        "approve": DESK,
        "refuse": DESK,
        "withdraw": CLAIMANT,
    },
    "safety.plan": {
        "change": MANAGERS,
        "pause": MANAGERS,
        "resume": MANAGERS,
    },
    "safety.round": {
        "start": WALKERS,
        "check": WALKERS,
        "arrive": WALKERS,
        "finish": WALKERS,
        "transfer": MANAGERS,
        "make_up": MANAGERS,
        "excuse": MANAGERS,
        "comment": SAFETY,
        "note": SAFETY,
        "close": set(),
        "call_off": set(),
        "revive": set(),
    },
    # what rounds found, which the technician is to put right
    "safety.hazard": {
        "grade": SAFETY,
        "order": MANAGERS,
        "extend": MANAGERS,
        "reassign": MANAGERS,
        "begin": WORKER,
        "submit": WORKER,
        "close": SAFETY,
        "send_back": SAFETY,
        "comment": STAFF,
        "note": STAFF,
        "remind": set(),
        "climb": set(),
    },
    # a drill that runs: the grid member calls the roll, the volunteer observes
    "safety.drill": {
        "change": MANAGERS,
        "assign": MANAGERS,
        "release": MANAGERS,
        "announce": MANAGERS,
        "call_off": MANAGERS,
        "start": MANAGERS,
        "end": MANAGERS,
        "evaluate": MANAGERS,
        "improve": MANAGERS,
        "archive": MANAGERS,
        "moment": MANAGERS | CREW,
        "call_support": MANAGERS | CREW,
        "score": MANAGERS | VOLUNTEER,
        "comment": STAFF | CREW,
        "note": STAFF | CREW,
        "remind": set(),
    },
    "safety.requirement": {
        "switch_on": MANAGERS,
        "switch_off": MANAGERS,
    },
    # which the technician sees to
    "safety.improvement": {
        "change": MANAGERS,
        "finish": WORKER,
        "verify": SAFETY,
        "send_back": SAFETY,
        "remind": set(),
    },
    "grids.flag": {
        "confirm": GRID_LEADERS,
        "refuse": GRID_LEADERS,
        "renew": GRID_LEADERS,
        "change": GRID_LEADERS,
        "agree": CARERS,
        "withdraw_consent": CARERS,
        "write": CARERS,
        "clear": GRID_LEADERS,
        "end": GRID_LEADERS,
    },
    "grids.visit": {
        "log": CARERS,
        "correct": {"grid_member"},
        "put_off": CARERS,
        "transfer": GRID_LEADERS,
        "call_off": GRID_LEADERS,
    },
    "parties.matter": {
        "sign": LEAD,
        "arrive": LEAD,
        "plan": LEAD,
        "begin": LEAD,
        "complete": LEAD,
        "accept": CALLERS,
        "send_back": CALLERS,
        "rate": CALLERS,
        "archive": CALLERS,
        "withdraw": CALLERS,
        "transfer": CALLERS | LEAD,
        "call_in": CALLERS | LEAD,
        "tell": CALLERS | LEAD,
        "comment": INSIDE,
        "note": INSIDE,
        "supervise": set(),
    },
    "parties.part": {
        "promise": LEAD,
        "finish": LEAD,
        "note": CALLERS | LEAD,
    },
    "parties.registration": {
        "agree": {"party_member"},
        "decline": {"party_member"},
        "register": {"secretary"},
        "turn_down": {"secretary"},
        "end": {"party_member", "secretary"},
    },
    "parties.wish": {
        "claim": {"party_member"},
        "give_back": {"party_member"},
        "fulfil": {"party_member"},
        "withdraw": WISHES,
    },
    "volunteers.membership": {
        "approve": TEAM,
        "decline": TEAM,
        "change": HOME,
        "appoint": TEAM,
        "leave": HOME,
        "let_go": TEAM,
    },
    "volunteers.qualification": {
        "confirm": TEAM_LEAD,
        "refuse": TEAM_LEAD,
        "withdraw": VOLUNTEER,
    },
    "volunteers.shift": {
        "take_on": TEAM_LEAD,
        "refuse": TEAM_LEAD,
        "change": TEAM_LEAD,
        "add_post": TEAM_LEAD,
        "set_places": TEAM_LEAD,
        "take_in": TEAM_LEAD,
        "ask_members": TEAM_LEAD,
        "repeat": TEAM_LEAD,
        "stop": TEAM_LEAD,
        "cancel": TEAM_LEAD,
        "end": set(),
    },
    "volunteers.entry": {
        "confirm": TEAM_LEAD,
        "decline": TEAM_LEAD,
        "withdraw": TEAM_LEAD | VOLUNTEER,
        "offer": TEAM_LEAD,
        "accept": VOLUNTEER,
        "expire": set(),
        "check_in": TEAM_LEAD,
        "check_out": TEAM_LEAD | VOLUNTEER,
        "no_show": TEAM_LEAD,
        "say": VOLUNTEER,
        "correct": TEAM_LEAD,
        "confirm_hours": TEAM_LEAD,
        "call_off": set(),
    },
    "volunteers.swap": {
        "accept": {"mate"},
        "refuse": {"mate"},
        "withdraw": VOLUNTEER,
        "lapse": set(),
    },
    "events.event": {
        "change": TEAM,
        "add_task": TEAM,
        "tick": TEAM,
        "approve": {"admin"},
        "send_back": {"admin"},
        "publish": TEAM,
        "begin": TEAM,
        "end": TEAM,
        "close": TEAM,
        "cancel": TEAM,
        "set_signup": TEAM,
        "add_question": TEAM,
        "drop_question": TEAM,
        "set_poster": TEAM,
        "enter": TEAM,
        "add_photos": TEAM,
        "take_out": TEAM,
    },
    "events.signup": {
        **dict.fromkeys(("accept", "still_come", "withdraw", "fewer", "answer"), SPEAKS),
        "offer": {"team_lead", "admin"},
        "expire": set(),
        "check_in": {"team_lead", "admin"},
        "undo": {"team_lead", "admin"},
        "rate": {"resident"},
    },
    "events.slot": {
        "book": TEAM,
        "book_for": TEAM,
        "give_back": TEAM | HOME,
        "call": TEAM,
        "pass_by": TEAM,
        "serve": TEAM,
    },
    "volunteers.certificate": {
        "show": VOLUNTEER,
        "revoke": VOLUNTEER | {"admin"},
    },
}
