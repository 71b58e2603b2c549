INSERT INTO orders (id, item, owner, status) VALUES
    ('1001', 'A set of brass cogs', 'ada', 'placed'),
    ('1002', 'One compiler, boxed', 'grace', 'placed'),
    ('1003', 'A penguin, stuffed', 'linus', 'placed');

INSERT INTO order_states (order_id, status, note) VALUES
    ('1001', 'placed', 'Paid by letter of credit'),
    ('1002', 'placed', 'Gift wrapping, please'),
    ('1003', 'placed', 'Leave it at the door');
