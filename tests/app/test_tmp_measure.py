import time
from app.following_desk import Mailroom, question
def test_m(desk):
    room = Mailroom(desk); desk.put(question()); room.once()
    with desk.parts() as parts:
        parts.take_store(); r = parts.rounds(parts.settings.mailboxes[0])
        with parts.mailboxes()["support"]() as c:
            t=[]
            for _ in range(6):
                s=time.perf_counter(); list(r.receive(c)); t.append(round((time.perf_counter()-s)*1000,1))
    print("MS", len(r._watched._instructions.watched), t)
