from tests.web.conftest import Visit, SignIn, Send
from hearing_app.people.permissions import Role
def test_all(visit: Visit, sign_in, send, house) -> None:
    for page, q in [("home",{}),("evidence",{}),("system",{"id":"compas"}),("hearings",{}),("hearing",{"id":"demonstration-risk-scores"}),("hearing",{"id":"nope"}),("comment",{}),("check",{}),("receipt",{}),("my_comment",{}),("about",{}),("desk",{})]:
        r = visit(page, **q)
        print("\n####", page, q, r.at.query_params); print(r.text); print(r.links)
    send(); sign_in(Role.FACILITATOR, house)
    r = visit("desk"); print(r.text, r.links)
    sign_in(Role.ADMINISTRATOR, house)
    r = visit("desk"); print(r.text, r.links)
def test_empty(visit_empty):
    for page, q in [("home",{}),("register",{}),("evidence",{}),("system",{"id":"compas"}),("hearings",{}),("hearing",{"id":"demonstration-risk-scores"}),("hearing",{"id":"nope"}),("comment",{}),("check",{}),("receipt",{}),("my_comment",{}),("about",{}),("desk",{})]:
        r = visit_empty(page, **q)
        print("\n####E", page, q, r.at.query_params); print(r.text)
